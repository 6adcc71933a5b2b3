/**
 * Index groups of the 478-point face topology. Contours run from the left of the picture to its right, which is from
 * the person's own right to their left.
 */
export const LANDMARK_COUNT = 478;
/** Points 0..467 are the face; the rest are the irises. */
export const FACE_POINT_COUNT = 468;

export const LIP_OUTER_UPPER = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291] as const;
export const LIP_OUTER_LOWER = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291] as const;
export const LIP_INNER_UPPER = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308] as const;
export const LIP_INNER_LOWER = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308] as const;

/** Two lines of points on the red of each lip, from its inner edge towards the outer. */
export const LIP_RED_UPPER = [
  [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
  [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
] as const;
export const LIP_RED_LOWER = [
  [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292],
  [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
] as const;

export const RIGHT_EYE_UPPER = [33, 246, 161, 160, 159, 158, 157, 173, 133] as const;
export const RIGHT_EYE_LOWER = [33, 7, 163, 144, 145, 153, 154, 155, 133] as const;
export const LEFT_EYE_UPPER = [362, 398, 384, 385, 386, 387, 388, 466, 263] as const;
export const LEFT_EYE_LOWER = [362, 382, 381, 380, 374, 373, 390, 249, 263] as const;

/** Centre, then four edge points of the iris. */
export const RIGHT_IRIS = [468, 469, 470, 471, 472] as const;
export const LEFT_IRIS = [473, 474, 475, 476, 477] as const;

export const RIGHT_BROW = [70, 63, 105, 66, 107, 46, 53, 52, 65, 55] as const;
export const LEFT_BROW = [336, 296, 334, 293, 300, 285, 295, 282, 283, 276] as const;

export const CHIN = 152;
export const FOREHEAD_TOP = 10;

/** The outline of the face, clockwise in the picture from the top of the forehead. */
export const FACE_OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
  172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
] as const;
