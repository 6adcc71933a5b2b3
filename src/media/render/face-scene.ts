import { clamp, smoothstep } from '../../base/ramp.ts';
import type { Appearance, AppearanceImageName } from '../appearance.ts';
import { ARKIT_DIMS } from '../motion-space.ts';
import { drawBadge } from './badge.ts';
import { ChinRows } from './chin-rows.ts';
import { Deformer } from './deformer.ts';
import { EyeLayer } from './eye-layer.ts';
import { FeatherLayer } from './feather-layer.ts';
import { HeadMotion } from './head-motion.ts';
import { LidLayer } from './lid-layer.ts';
import { closeLids } from './lid-seam.ts';
import { unfoldLips } from './lip-folds.ts';
import { LipSeamLayer } from './lip-seam-layer.ts';
import { InnerLipLayer } from './inner-lip-layer.ts';
import { MouthLayer } from './mouth-layer.ts';
import { MouthOpening } from './mouth-opening.ts';
import { roundMouth } from './mouth-round.ts';
import { Relight } from './relight.ts';
import { keepTriangles } from './opacity.ts';
import { ScenePlanner, VERTEX_FLOATS, type ScenePlan, type Texture } from './scene-plan.ts';
import { shapeWeights } from './shape-weights.ts';
import { SkinRelief } from './skin-relief.ts';
import { SmoothCheekLayer } from './smooth-cheek-layer.ts';
import { TongueLayer } from './tongue-layer.ts';
import { VertexWriter } from './vertex-writer.ts';
import { WrinkleLayer } from './wrinkle-layer.ts';

export interface FaceSceneOptions {
  readonly sizePx: number;
  readonly badge: boolean;
  readonly seed: number;
}

/** The images of an appearance as they are drawn: premultiplied, at the scale of the canvas. */
export type SceneTextures = Readonly<Record<AppearanceImageName, Texture>>;

const TEXTURES: readonly AppearanceImageName[] = ['body', 'parts', 'face', 'hair'];
const BADGE_TEXTURE = TEXTURES.length;

/** Turns one motion frame into the vertices of one picture; what never changes it says once, in `plan`. */
export class FaceScene {
  readonly plan: ScenePlan;
  private readonly appearance: Appearance;
  private readonly head: HeadMotion;
  private readonly deformer: Deformer;
  private readonly relight: Relight;
  private readonly relief: SkinRelief;
  private readonly eyes: readonly EyeLayer[];
  private readonly lids: readonly LidLayer[];
  private readonly opening: MouthOpening;
  private readonly chin: ChinRows;
  private readonly mouth: MouthLayer;
  private readonly innerLips: InnerLipLayer;
  private readonly smoothCheeks: SmoothCheekLayer;
  private readonly feather: FeatherLayer;
  private readonly lipSeam: LipSeamLayer;
  private readonly tongue: TongueLayer;
  private readonly wrinkles: WrinkleLayer;
  private readonly writer: VertexWriter;
  private readonly weights = new Float32Array(ARKIT_DIMS);
  /** `[vertexCount, 2]` texels of the loaded textures. */
  private readonly texels: Float32Array;

  constructor(appearance: Appearance, textures: SceneTextures, options: FaceSceneOptions) {
    this.appearance = appearance;
    const { facts, arrays, images } = appearance;
    const planner = new ScenePlanner();
    planner.vertices(facts.vertexCount);
    this.head = new HeadMotion(facts, options.seed);
    this.deformer = new Deformer(appearance);
    this.relight = new Relight(appearance);
    this.relief = new SkinRelief(appearance);
    const scaleOf = (name: AppearanceImageName): readonly [number, number] => [
      textures[name].widthPx / images[name].widthPx,
      textures[name].heightPx / images[name].heightPx,
    ];
    this.writer = new VertexWriter(options.sizePx / facts.sizePx, scaleOf('parts'));
    this.texels = loadedTexels(appearance, scaleOf('face'), scaleOf('body'), scaleOf('hair'));

    const body = keepTriangles(arrays.bodyTriangles, this.texels, arrays.vertexAlphas, textures.body);
    planner.batch(TEXTURES.indexOf('body'), body.triangles, (triangle) => body.opaque[triangle] === 1);
    const hairBatch = (indices: Uint16Array): void => {
      const hair = keepTriangles(indices, this.texels, arrays.vertexAlphas, textures.hair);
      planner.batch(TEXTURES.indexOf('hair'), hair.triangles, (triangle) => hair.opaque[triangle] === 1);
    };
    hairBatch(arrays.backHairTriangles);
    const parts = TEXTURES.indexOf('parts');
    this.eyes = [
      new EyeLayer(facts, 'Right', this.head, planner, parts),
      new EyeLayer(facts, 'Left', this.head, planner, parts),
    ];
    this.opening = new MouthOpening(facts);
    this.chin = new ChinRows(appearance);
    this.mouth = new MouthLayer(appearance, this.head, planner, parts);
    const face = keepTriangles(arrays.faceTriangles, this.texels, arrays.vertexAlphas, textures.face);
    planner.batch(TEXTURES.indexOf('face'), face.triangles, (triangle) => face.opaque[triangle] === 1);
    this.smoothCheeks = new SmoothCheekLayer(appearance, planner, parts, textures.parts, scaleOf('parts'));
    this.feather = new FeatherLayer(appearance, planner, TEXTURES.indexOf('face'));
    this.innerLips = new InnerLipLayer(facts, planner, TEXTURES.indexOf('face'));
    this.lipSeam = new LipSeamLayer(facts, planner, parts);
    this.tongue = new TongueLayer(facts, planner, parts);
    this.lids = [new LidLayer(appearance, 'Right', planner, parts), new LidLayer(appearance, 'Left', planner, parts)];
    this.wrinkles = new WrinkleLayer(facts, planner, parts);
    hairBatch(arrays.hairTriangles);
    const loaded: Texture[] = TEXTURES.map((name) => textures[name]);
    if (options.badge) {
      const badge = drawBadge(options.sizePx);
      loaded.push(badge.texture);
      const grid = planner.grid(BADGE_TEXTURE, 1, 1);
      this.badge = { ...badge, first: grid.first };
    } else this.badge = null;
    this.plan = planner.finish(options.sizePx, loaded, textures.plate);
  }

  private readonly badge: {
    readonly texture: Texture;
    readonly left: number;
    readonly top: number;
    readonly first: number;
  } | null;

  /** @param vertices - of a scene loaded from `plan`, overwritten. */
  write(motion: Float32Array, timeUs: number, vertices: Float32Array): void {
    const { head, deformer, relight, writer, texels } = this;
    const { facts } = this.appearance;
    writer.vertices = vertices;
    shapeWeights(motion, facts.browFreedom, this.weights, facts.own);
    head.update(motion, timeUs);
    deformer.update(this.weights);
    deformer.place(head);
    closeLids(facts, this.weights, deformer.places);
    this.opening.update(deformer.places);
    this.opening.roundBy(this.weights);
    roundMouth(facts, this.opening, deformer.places);
    this.opening.update(deformer.places);
    unfoldLips(facts, this.opening, deformer.places);
    this.chin.unfold(this.opening, deformer.places);
    relight.update(head);
    this.relief.update(deformer.shaped, relight.shades);
    this.shadeSeams();
    this.writeMesh();
    for (const eye of this.eyes) eye.write(motion, deformer, writer);
    this.mouth.write(this.weights, this.opening, writer);
    this.smoothCheeks.write(this.weights, deformer.places, relight.shades, writer);
    this.feather.write(deformer, texels, relight.shades, writer);
    this.innerLips.write(this.opening, texels, relight.shades, writer);
    this.lipSeam.write(deformer.places, this.opening, relight.shades, writer);
    this.tongue.write(motion, deformer, writer);
    for (const lid of this.lids) lid.write(deformer, writer);
    this.wrinkles.write(this.weights, deformer, writer);
    this.writeBadge(vertices);
  }

  private writeMesh(): void {
    const { facts, arrays } = this.appearance;
    const { texels, writer } = this;
    const { places } = this.deformer;
    const { shades } = this.relight;
    for (let vertex = 0; vertex < facts.vertexCount; vertex++) {
      writer.put(
        vertex,
        places[vertex * 2]!,
        places[vertex * 2 + 1]!,
        texels[vertex * 2]!,
        texels[vertex * 2 + 1]!,
        shades[vertex]!,
        arrays.vertexAlphas[vertex]!,
      );
    }
  }

  /** Where lips meet they shade each other, which a portrait with parted lips cannot show; where they part they turn inward. */
  private shadeSeams(): void {
    const { facts } = this.appearance;
    const { places } = this.deformer;
    const { shades } = this.relight;
    const scale = facts.pose.scalePxPerCm;
    for (let column = 1; column < 10; column++) {
      const upper = facts.mouth.upperInner[column]!;
      const lower = facts.mouth.lowerInner[column]!;
      const gap = Math.abs(places[lower * 2 + 1]! - places[upper * 2 + 1]!) / scale;
      const seam = (1 - smoothstep(0.03, 0.3, gap)) * facts.mouth.seamShade;
      const turned = smoothstep(0.06, 0.4, gap);
      shades[upper]! *= 1 - 0.16 * seam - 0.24 * turned;
      shades[lower]! *= 1 - 0.1 * seam - 0.06 * turned;
    }
  }

  private writeBadge(vertices: Float32Array): void {
    if (this.badge === null) return;
    const { texture, left, top, first } = this.badge;
    for (let corner = 0; corner < 4; corner++) {
      const x = (corner & 1) * texture.widthPx;
      const y = (corner >> 1) * texture.heightPx;
      const at = (first + corner) * VERTEX_FLOATS;
      vertices[at] = left + x;
      vertices[at + 1] = top + y;
      vertices[at + 2] = x;
      vertices[at + 3] = y;
      vertices[at + 4] = 1;
      vertices[at + 5] = 1;
    }
  }
}

function loadedTexels(
  { facts, arrays }: Appearance,
  faceScale: readonly [number, number],
  bodyScale: readonly [number, number],
  hairScale: readonly [number, number],
): Float32Array {
  return arrays.vertexTexels.map((value, at) => {
    const axis = at & 1;
    if (at < facts.faceVertexCount * 2) return (value - facts.faceOriginPx[axis]!) * faceScale[axis]!;
    return at >= facts.hairVertexStart * 2
      ? (value - facts.hairOriginPx[axis]!) * hairScale[axis]!
      : clamp(value, 0, facts.sizePx) * bodyScale[axis]!;
  });
}
