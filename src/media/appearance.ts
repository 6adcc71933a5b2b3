/**
 * The contract between enrolment and drawing: what one portrait becomes once, and every frame is drawn from.
 *
 * Picture coordinates are pixels of the enrolled square crop (x right, y down, pixel centres at .5). Camera space has the
 * same unit and origin with y up and z towards the viewer.
 */

/** Interleaved straight-alpha RGBA, `widthPx * heightPx * 4` bytes, rows from the top. */
export interface RgbaImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint8Array;
}

/** The layers of an appearance; every one but `plate` has alpha. */
export const APPEARANCE_IMAGES = ['plate', 'body', 'face', 'hair', 'parts'] as const;
export type AppearanceImageName = (typeof APPEARANCE_IMAGES)[number];

/** The pose of the head in camera space: `camera = scalePxPerCm * rotation * canonical + translationPx`. */
export interface HeadPose {
  /** Row-major 3 x 3 from canonical head space (x to the person's left, y up, z forward, cm). */
  readonly rotation: readonly number[];
  readonly scalePxPerCm: number;
  readonly translationPx: readonly [x: number, y: number, z: number];
}

/** A rectangle of the `parts` image, in pixels. */
export interface PartRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where lids meet, as a share of the way from the open upper lid to the lower. */
export const LID_SEAM = 0.92;

/** How far the drawn skin of a lid and its lashes go on past the eye's corners, in eighths of the eye's width. */
export const PAST_CORNERS = { outer: 1.8, inner: 0.6 } as const;

/** One eye. Vertex numbers count in `vertexPositions`; pixel positions are picture coordinates. */
export interface EyeFacts {
  /** Nine lid vertices from the corner at 33 or 263 to the inner corner. */
  readonly upperLid: readonly number[];
  readonly lowerLid: readonly number[];
  /** Nine vertices along the crease above the upper lid. */
  readonly upperSecond: readonly number[];
  /** Nine vertices above the crease, at its ends the corners: where the skin begins that a blink unrolls. */
  readonly lidTop: readonly number[];
  readonly irisPx: readonly [x: number, y: number];
  readonly irisRadiusPx: number;
  /** Camera z of the iris. */
  readonly depthPx: number;
  /** Where the `sclera` sprite lies in the picture. */
  readonly scleraOriginPx: readonly [x: number, y: number];
  readonly sclera: PartRect;
  /** A square sprite centred on the iris. */
  readonly iris: PartRect;
  /** The reflex of the light: stays where the light is while the iris moves. */
  readonly catchLight: PartRect;
  readonly catchLightPx: readonly [x: number, y: number];
  /** Skin of the closed lid, from `lidTop` (first row) to where the lids meet, `LID_SEAM` below the open edge. */
  readonly lidSkin: PartRect;
  /** Line and lashes at the lid's edge, and how far they reach above and below it. */
  readonly lash: PartRect;
  readonly lashCm: readonly [above: number, below: number];
}

/** One row of teeth. */
export interface TeethFacts {
  /** The row unrolled along its arch, from the person's right to their left: gum at the top, edges at the bottom. */
  readonly sprite: PartRect;
  /** `[17, 3]` cm in canonical head space, jaw closed: where the sprite's top and bottom lie. */
  readonly rootCm: readonly number[];
  readonly edgeCm: readonly number[];
}

export interface MouthFacts {
  /** Eleven vertices each, from the person's right to their left: the lips' inner edges and their borders with the skin. */
  readonly upperInner: readonly number[];
  readonly lowerInner: readonly number[];
  readonly upperOuter: readonly number[];
  readonly lowerOuter: readonly number[];
  /** Two lines of eleven vertices on the red of each lip, the inner line first. */
  readonly upperRed: readonly number[];
  readonly lowerRed: readonly number[];
  /** Fixed to the skull, with the portrait's own teeth where they show well enough. */
  readonly upperTeeth: TeethFacts;
  /** Moves with the jaw. */
  readonly lowerTeeth: TeethFacts;
  /** The tongue's back: its root at the top, its tip at the bottom. */
  readonly tongue: PartRect;
  /** In canonical head space, cm: the middle of the closed lips, and half the width of the upper dental arch. */
  readonly lipsCm: readonly [x: number, y: number, z: number];
  readonly archHalfWidthCm: number;
  /** What is behind the lips rises by this for each cm that it is nearer: in the portrait's own pose it stands level. */
  readonly tilt: number;
  /** 0..1: how much the lips must be darkened where they meet, because the portrait shows them apart. */
  readonly seamShade: number;
  /** The line along which closed lips meet, and how far it reaches above and below it. */
  readonly seam: PartRect;
  readonly seamHalfCm: number;
  /** How far the line goes on past the outer corners, as a share of the way to them from the inner ones. */
  readonly seamPast: number;
  /** Solid flesh of the cavity where the light reaches it best, and of its shade. */
  readonly cavity: PartRect;
  readonly shade: PartRect;
}

/** Smooth skin over the folds beside the mouth, and where its sprite lies in the picture. */
export interface SmoothCheek {
  readonly sprite: PartRect;
  readonly originPx: readonly [x: number, y: number];
}

export interface SmoothCheeks {
  readonly right: SmoothCheek;
  readonly left: SmoothCheek;
  /** 0..1: how much of the skin's folds are those of a smile. */
  readonly strength: number;
}

/** By the way the head turns: to its own left or right, up or down. */
export interface TurnGain {
  readonly left: number;
  readonly right: number;
  readonly up: number;
  readonly down: number;
}

/** All of an appearance that is neither an array nor a picture; plain JSON. */
export interface AppearanceFacts {
  readonly sizePx: number;
  readonly pose: HeadPose;
  /** Degrees the portrait itself is turned; the limits of motion count from it. */
  readonly turnDeg: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  /** What turns are multiplied by, so that a landmark net reads from the drawn head what was asked. */
  readonly turnGain: TurnGain;
  readonly faceVertexCount: number;
  /** Where the hair's vertices start; `vertexCount` without a layer of hair. */
  readonly hairVertexStart: number;
  readonly vertexCount: number;
  /** Where pixel 0, 0 of the `face` image lies in the picture. */
  readonly faceOriginPx: readonly [x: number, y: number];
  /** The same of the `hair` image. */
  readonly hairOriginPx: readonly [x: number, y: number];
  /** Centre of the face: what distance scales about. */
  readonly centrePx: readonly [x: number, y: number];
  /** Unit vector to the light in camera space. */
  readonly light: readonly [x: number, y: number, z: number];
  readonly eyes: { readonly right: EyeFacts; readonly left: EyeFacts };
  readonly mouth: MouthFacts;
  /** A rectangle of solid white and one of solid black in `parts`. */
  readonly white: PartRect;
  readonly black: PartRect;
  /** 0..1: how far brows may move (spectacles bend otherwise). */
  readonly browFreedom: number;
  /** 0..1: how deeply expressions crease this skin. */
  readonly creases: number;
  /** What the portrait's own face does at rest, in coefficients; it makes room when the opposite is asked for. */
  readonly own: OwnExpression;
  /** Missing in avatars that were made before it. */
  readonly smooth?: SmoothCheeks;
  readonly skin: readonly [red: number, green: number, blue: number];
}

/** The expression that a portrait's face has at rest, ARKit coefficients of both sides. */
export interface OwnExpression {
  readonly smile: number;
  readonly frown: number;
  /** Above 0 the brows are raised, below they are drawn down. */
  readonly brows: number;
}

/**
 * Numbers of an appearance, by name. Vertices stand face first, then body, then hair; `v` counts vertices, `k` vertices that a shape
 * moves, `t` triangles.
 */
export interface AppearanceArrays {
  /** `[v, 3]` camera space, lips closed. */
  readonly vertexPositions: Float32Array;
  /** `[v, 2]` picture coordinates of the texel that each vertex shows. */
  readonly vertexTexels: Float32Array;
  /** `[v]` 0..1. */
  readonly vertexAlphas: Float32Array;
  /** `[v]` 0..1: how far a vertex follows the head; the rest follows the torso. */
  readonly vertexHeadWeights: Float32Array;
  /** `[v]` 0..1: how far a vertex may leave its place at all (0 at the picture's sides); 1..2: held by as much when it goes down. */
  readonly vertexFreedoms: Float32Array;
  /** `[v, 3]` unit normals in camera space; zero for vertices that are not relit. */
  readonly vertexNormals: Float32Array;
  /** `[t, 3]` back to front. */
  readonly faceTriangles: Uint16Array;
  readonly bodyTriangles: Uint16Array;
  readonly hairTriangles: Uint16Array;
  /** Of the hair too: what hangs behind the jaw and is drawn under the face. */
  readonly backHairTriangles: Uint16Array;
  /** `[shapes + 1]` where each ARKit shape starts in `shapeVertices`. */
  readonly shapeOffsets: Uint32Array;
  /** `[k]` vertex numbers. */
  readonly shapeVertices: Uint16Array;
  /** `[k, 3]` camera space at coefficient 1. */
  readonly shapeVectors: Float32Array;
}

export interface Appearance {
  readonly facts: AppearanceFacts;
  readonly arrays: AppearanceArrays;
  readonly images: Readonly<Record<AppearanceImageName, RgbaImage>>;
}
