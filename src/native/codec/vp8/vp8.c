/*
 * A VP8 encoder for live pictures: libvpx in its realtime mode at a fixed speed, behind Node-API.
 *
 * One JavaScript object is one encoder. All that can be wrong with an argument is checked here and thrown, so that no
 * caller can crash the process; the garbage collector frees an encoder that nobody closed. No state is shared, so any
 * number of worker threads may load this.
 */
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

/* RTP's clock of video (RFC 7741): a rate controller in these ticks sees what the receiver sees. */
#define TICKS_PER_SECOND 90000

/* VP8 codes its size in 14 bits (RFC 6386, 9.1). */
#define MAX_SIDE 16383

typedef struct {
  vpx_codec_ctx_t codec;
  vpx_codec_enc_cfg_t config;
  unsigned frame_ticks;
  int64_t last_ticks;
  bool is_open;
} encoder_t;

static const napi_type_tag ENCODER_TAG = {0x7669736176697331, 0x7670382d656e636f};

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

static void release(encoder_t *encoder) {
  if (!encoder->is_open) return;
  encoder->is_open = false;
  vpx_codec_destroy(&encoder->codec);
}

static void collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  release(data);
  free(data);
}

/* The encoder behind `this` and the call's arguments; NULL with an exception pending when there is none. */
static encoder_t *receive(napi_env env, napi_callback_info info, size_t count, napi_value *arguments) {
  size_t given = count;
  napi_value self;
  bool is_encoder = false;
  encoder_t *encoder = NULL;
  if (napi_get_cb_info(env, info, &given, arguments, &self, NULL) != napi_ok ||
      napi_check_object_type_tag(env, self, &ENCODER_TAG, &is_encoder) != napi_ok || !is_encoder ||
      napi_unwrap(env, self, (void **)&encoder) != napi_ok) {
    fail(env, "Cannot encode: this is not a VP8 encoder");
    return NULL;
  }
  if (given < count) {
    fail(env, "Cannot encode: an argument is missing");
    return NULL;
  }
  return encoder;
}

static bool whole_number(napi_env env, napi_value value, int64_t low, int64_t high, int64_t *out) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) return false;
  if (!(number >= (double)low && number <= (double)high)) return false;
  *out = (int64_t)number;
  return true;
}

static void configure(vpx_codec_enc_cfg_t *config, unsigned width, unsigned height, unsigned bitrate_kbps) {
  config->g_w = width;
  config->g_h = height;
  config->g_timebase.num = 1;
  config->g_timebase.den = TICKS_PER_SECOND;
  /* Sessions run side by side; a second thread for one of them only makes the others late (bench/vp8.ts). */
  config->g_threads = 1;
  config->g_pass = VPX_RC_ONE_PASS;
  config->g_lag_in_frames = 0;
  config->g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
  config->rc_end_usage = VPX_CBR;
  config->rc_target_bitrate = bitrate_kbps;
  config->rc_dropframe_thresh = 0;
  config->rc_resize_allowed = 0;
  config->rc_min_quantizer = 2;
  config->rc_max_quantizer = 56;
  config->rc_undershoot_pct = 100;
  config->rc_overshoot_pct = 15;
  config->rc_buf_initial_sz = 500;
  config->rc_buf_optimal_sz = 600;
  config->rc_buf_sz = 1000;
  /* Keyframes come when a viewer asks; the encoder itself never needs one of a portrait. */
  config->kf_mode = VPX_KF_DISABLED;
}

static napi_value construct(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value arguments[4], self, target;
  int64_t width, height, bitrate, rate;
  if (napi_get_cb_info(env, info, &count, arguments, &self, NULL) != napi_ok) return NULL;
  if (napi_get_new_target(env, info, &target) != napi_ok || target == NULL)
    return fail(env, "Cannot open a VP8 encoder: call it with new");
  if (count < 4) return fail(env, "Cannot open a VP8 encoder: expected width, height, bitrate and frame rate");
  if (!whole_number(env, arguments[0], 2, MAX_SIDE, &width) || !whole_number(env, arguments[1], 2, MAX_SIDE, &height) ||
      width % 2 != 0 || height % 2 != 0)
    return fail(env, "Cannot open a VP8 encoder: width and height must be even, 2 to 16382");
  if (!whole_number(env, arguments[2], 1000, 1000000000, &bitrate))
    return fail(env, "Cannot open a VP8 encoder: the bitrate must be 1000 to 1000000000 bit/s");
  if (!whole_number(env, arguments[3], 1, 240, &rate))
    return fail(env, "Cannot open a VP8 encoder: the frame rate must be 1 to 240");

  encoder_t *encoder = calloc(1, sizeof *encoder);
  if (encoder == NULL) return fail(env, "Cannot open a VP8 encoder: out of memory");
  encoder->frame_ticks = TICKS_PER_SECOND / (unsigned)rate;
  encoder->last_ticks = INT64_MIN;
  if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &encoder->config, 0) != VPX_CODEC_OK) {
    free(encoder);
    return fail(env, "Cannot open a VP8 encoder: libvpx has no VP8");
  }
  configure(&encoder->config, (unsigned)width, (unsigned)height, (unsigned)(bitrate / 1000));
  if (vpx_codec_enc_init(&encoder->codec, vpx_codec_vp8_cx(), &encoder->config, 0) != VPX_CODEC_OK) {
    free(encoder);
    return fail(env, "Cannot open a VP8 encoder: libvpx refused the configuration");
  }
  encoder->is_open = true;
  /* A negative speed is fixed; a positive one adapts to a deadline that a shared core cannot keep. */
  vpx_codec_control(&encoder->codec, VP8E_SET_CPUUSED, -8);
  vpx_codec_control(&encoder->codec, VP8E_SET_STATIC_THRESHOLD, 1);
  vpx_codec_control(&encoder->codec, VP8E_SET_NOISE_SENSITIVITY, 0);
  vpx_codec_control(&encoder->codec, VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION);
  /* A keyframe may take three frames' worth of bits: more bursts through a thin link, less looks like mud. */
  vpx_codec_control(&encoder->codec, VP8E_SET_MAX_INTRA_BITRATE_PCT, 300);

  if (napi_wrap(env, self, encoder, collected, NULL, NULL) != napi_ok) {
    release(encoder);
    free(encoder);
    return fail(env, "Cannot open a VP8 encoder: the object cannot hold it");
  }
  napi_type_tag_object(env, self, &ENCODER_TAG);
  return self;
}

/* encode(i420: Uint8Array, timeUs: number, forceKeyframe: boolean): ArrayBuffer | undefined when dropped */
static napi_value encode(napi_env env, napi_callback_info info) {
  napi_value arguments[3], out;
  encoder_t *encoder = receive(env, info, 3, arguments);
  if (encoder == NULL) return NULL;
  if (!encoder->is_open) return fail(env, "Cannot encode: the encoder is closed");

  bool is_typed_array = false, force = false;
  napi_typedarray_type type;
  size_t length = 0;
  void *pixels = NULL;
  int64_t time_us;
  const size_t expected = (size_t)encoder->config.g_w * encoder->config.g_h * 3 / 2;
  if (napi_is_typedarray(env, arguments[0], &is_typed_array) != napi_ok || !is_typed_array ||
      napi_get_typedarray_info(env, arguments[0], &type, &length, &pixels, NULL, NULL) != napi_ok ||
      (type != napi_uint8_array && type != napi_uint8_clamped_array))
    return fail(env, "Cannot encode: the picture must be a Uint8Array");
  if (length != expected || pixels == NULL) {
    char message[128];
    snprintf(message, sizeof message, "Cannot encode: the picture has %zu bytes, I420 of %ux%u has %zu", length,
             encoder->config.g_w, encoder->config.g_h, expected);
    return fail(env, message);
  }
  if (!whole_number(env, arguments[1], 0, (int64_t)1 << 52, &time_us))
    return fail(env, "Cannot encode: the time must be microseconds from 0");
  if (napi_get_value_bool(env, arguments[2], &force) != napi_ok)
    return fail(env, "Cannot encode: forceKeyframe must be true or false");
  const int64_t ticks = time_us * 9 / 100;
  if (ticks <= encoder->last_ticks) return fail(env, "Cannot encode: the time must move forward");

  vpx_image_t image;
  if (vpx_img_wrap(&image, VPX_IMG_FMT_I420, encoder->config.g_w, encoder->config.g_h, 1, pixels) == NULL)
    return fail(env, "Cannot encode: libvpx refused the picture");
  const vpx_enc_frame_flags_t flags = force ? VPX_EFLAG_FORCE_KF : 0;
  if (vpx_codec_encode(&encoder->codec, &image, ticks, encoder->frame_ticks, flags, VPX_DL_REALTIME) != VPX_CODEC_OK) {
    char message[160];
    snprintf(message, sizeof message, "Cannot encode: libvpx says %s", vpx_codec_error(&encoder->codec));
    return fail(env, message);
  }
  encoder->last_ticks = ticks;

  vpx_codec_iter_t iterator = NULL;
  const vpx_codec_cx_pkt_t *packet;
  while ((packet = vpx_codec_get_cx_data(&encoder->codec, &iterator)) != NULL) {
    if (packet->kind != VPX_CODEC_CX_FRAME_PKT) continue;
    void *bytes;
    if (napi_create_arraybuffer(env, packet->data.frame.sz, &bytes, &out) != napi_ok)
      return fail(env, "Cannot encode: out of memory");
    memcpy(bytes, packet->data.frame.buf, packet->data.frame.sz);
    return out;
  }
  napi_get_undefined(env, &out);
  return out;
}

static napi_value set_bitrate(napi_env env, napi_callback_info info) {
  napi_value argument;
  int64_t bitrate;
  encoder_t *encoder = receive(env, info, 1, &argument);
  if (encoder == NULL) return NULL;
  if (!encoder->is_open) return fail(env, "Cannot set the bitrate: the encoder is closed");
  if (!whole_number(env, argument, 1000, 1000000000, &bitrate))
    return fail(env, "Cannot set the bitrate: it must be 1000 to 1000000000 bit/s");
  encoder->config.rc_target_bitrate = (unsigned)(bitrate / 1000);
  if (vpx_codec_enc_config_set(&encoder->codec, &encoder->config) != VPX_CODEC_OK)
    return fail(env, "Cannot set the bitrate: libvpx refused it");
  return NULL;
}

static napi_value set_frame_rate(napi_env env, napi_callback_info info) {
  napi_value argument;
  int64_t rate;
  encoder_t *encoder = receive(env, info, 1, &argument);
  if (encoder == NULL) return NULL;
  if (!whole_number(env, argument, 1, 240, &rate))
    return fail(env, "Cannot set the frame rate: it must be 1 to 240");
  encoder->frame_ticks = TICKS_PER_SECOND / (unsigned)rate;
  return NULL;
}

static napi_value close_encoder(napi_env env, napi_callback_info info) {
  encoder_t *encoder = receive(env, info, 0, NULL);
  if (encoder != NULL) release(encoder);
  return NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor methods[] = {
      {"encode", NULL, encode, NULL, NULL, NULL, napi_default_method, NULL},
      {"setBitrate", NULL, set_bitrate, NULL, NULL, NULL, napi_default_method, NULL},
      {"setFrameRate", NULL, set_frame_rate, NULL, NULL, NULL, napi_default_method, NULL},
      {"close", NULL, close_encoder, NULL, NULL, NULL, napi_default_method, NULL},
  };
  napi_value encoder_class;
  if (napi_define_class(env, "NativeVp8Encoder", NAPI_AUTO_LENGTH, construct, NULL, sizeof methods / sizeof *methods,
                        methods, &encoder_class) != napi_ok)
    return NULL;
  napi_set_named_property(env, exports, "NativeVp8Encoder", encoder_class);
  return exports;
}
