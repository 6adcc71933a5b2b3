import { ARKIT_SHAPES } from '../motion-space.ts';
import type { Appearance, AppearanceArrays } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import { browRoom, carryBrows } from './brow-carry.ts';
import { skinCreases } from './creases.ts';
import { eyeSkin } from './eye-skin.ts';
import { buildEye } from './eyes.ts';
import { withFarOutline } from './far-outline.ts';
import { faceGrain } from './grain.ts';
import { hairOf } from './hair-layer.ts';
import { FACE_POINT_COUNT } from './landmark-groups.ts';
import { buildLayers } from './layers.ts';
import { buildMesh, type PersonMesh } from './mesh.ts';
import { buildMouth } from './mouth.ts';
import { sampleAt } from './inpaint.ts';
import { closeMouth } from './mouth-rest.ts';
import { ownExpression } from './own-expression.ts';
import { PartsAtlas, solidSprite } from './parts-atlas.ts';
import { jawBareness } from './jaw-bareness.ts';
import { splitPicture } from './plate.ts';
import { toHeadSpace, type HeadPose } from './pose.ts';
import { RigSolver } from './rig-solver.ts';
import { bothSides, buildShapes, measuredShapes } from './shapes.ts';
import { estimateLight } from './light.ts';
import { smoothCheeks } from './smooth-cheeks.ts';
import { skinTone } from './skin-tone.ts';
import { throatHold } from './throat.ts';
import { spectacles } from './spectacles.ts';
import { vertexNormals } from './normals.ts';
import { unfold } from './mesh-unfold.ts';
import { LEFT_EYE, mirrorPoints, openTriangles, RIGHT_EYE } from './topology.ts';

/** Vertices that a shape moves by less than this (cm) are left out of it. */
const LEAST_MOVE_CM = 0.004;

/** Makes of one portrait what every frame is drawn from. Pure, and the same for the same analysis. */
export function buildAppearance(analysis: PortraitAnalysis): Appearance {
  const { canonical, pose, sizePx } = analysis;
  const split = splitPicture(analysis);
  const landmarks = withFarOutline(analysis.landmarks, split, pose);
  const triangles = openTriangles(canonical.triangles);
  const mirror = mirrorPoints(canonical.positions);
  const solver = new RigSolver(canonical.positions, triangles);
  const shown = toHeadSpace(landmarks, pose).slice(0, FACE_POINT_COUNT * 3);
  const measured = measuredShapes(solver, mirror);
  const rest = closeMouth(shown, canonical.positions, solver, mirror, bothSides(measured, 'mouthSmile'));
  const shapes = buildShapes(rest.face, measured, solver, mirror);
  const restPx = restPositions(landmarks, shown, rest.face, pose);
  unfold(restPx, triangles);
  const hair = hairOf(split, analysis);
  const skins = { right: eyeSkin(analysis, RIGHT_EYE), left: eyeSkin(analysis, LEFT_EYE) };
  carryBrows(shapes, analysis, skins, hair);
  const grain = faceGrain(analysis);
  const bareness = jawBareness(split, landmarks, pose);
  const tone = skinTone(analysis);
  const mesh = buildMesh(
    restPx,
    landmarks,
    headPositions(restPx, pose),
    triangles,
    pose,
    sizePx,
    bareness,
    (x, y) => sampleAt(split.alpha, sizePx, sizePx, 1, 0, x, y),
    throatHold(split, tone, pose),
    hair === null ? null : (x, y) => sampleAt(hair, sizePx, sizePx, 1, 0, x, y),
  );
  const layers = buildLayers(split, hair, bareness, grain, tone, landmarks, pose, sizePx);
  const normals = vertexNormals(mesh, triangles);
  const atlas = new PartsAtlas();
  const light = estimateLight(analysis, normals);
  const eyes = {
    right: buildEye(analysis, RIGHT_EYE, skins.right, light, grain, atlas),
    left: buildEye(analysis, LEFT_EYE, skins.left, light, grain, atlas),
  };
  const mouth = buildMouth(analysis, rest, tone, atlas);
  const smooth = smoothCheeks(layers.face, layers.faceOriginPx, landmarks, pose, rest.smile, atlas);
  const white = atlas.add(solidSprite([255, 255, 255]));
  const black = atlas.add(solidSprite([0, 0, 0]));
  return {
    facts: {
      sizePx,
      pose: { rotation: Array.from(pose.rotation), scalePxPerCm: pose.pxPerCm, translationPx: pose.originPx },
      turnDeg: { yaw: pose.yawDeg, pitch: pose.pitchDeg, roll: pose.rollDeg },
      turnGain: { left: 1, right: 1, up: 1, down: 1 },
      faceVertexCount: mesh.faceVertexCount,
      hairVertexStart: mesh.hairVertexStart,
      vertexCount: mesh.vertexCount,
      faceOriginPx: layers.faceOriginPx,
      hairOriginPx: layers.hairOriginPx,
      centrePx: [
        (landmarks[234 * 3]! + landmarks[454 * 3]!) / 2,
        (landmarks[10 * 3 + 1]! + landmarks[152 * 3 + 1]!) / 2,
      ],
      light,
      eyes,
      mouth,
      white,
      black,
      browFreedom: (1 - 0.7 * spectacles(analysis)) * browRoom(analysis, hair),
      creases: skinCreases(analysis),
      smooth,
      own: ownExpression(rest.face, canonical.positions, measured),
      skin: tone.colour,
    },
    arrays: {
      vertexPositions: mesh.positions,
      vertexTexels: mesh.texels,
      vertexAlphas: mesh.alphas,
      vertexHeadWeights: mesh.headWeights,
      vertexFreedoms: mesh.freedoms,
      vertexNormals: normals,
      faceTriangles: mesh.faceTriangles,
      bodyTriangles: mesh.bodyTriangles,
      hairTriangles: mesh.hairTriangles,
      backHairTriangles: mesh.backHairTriangles,
      ...packShapes(shapes, mesh, pose),
    },
    images: { plate: split.plate, body: layers.body, face: layers.face, hair: layers.hair, parts: atlas.finish() },
  };
}

/** @returns `[468, 3]` camera space: the landmarks, moved by what closing the mouth moved. */
function restPositions(landmarks: Float32Array, shown: Float32Array, rest: Float32Array, pose: HeadPose): Float32Array {
  const positions = new Float32Array(shown.length);
  for (let at = 0; at < shown.length; at += 3) {
    const move = [0, 1, 2].map((axis) => rest[at + axis]! - shown[at + axis]!);
    for (let axis = 0; axis < 3; axis++) {
      const value = landmarks[at + axis]!;
      positions[at + axis] = (axis === 0 ? value : -value) + turned(pose, move, axis);
    }
  }
  return positions;
}

/** @returns `[468, 3]` cm in head axes of points in camera space. */
function headPositions(camera: Float32Array, pose: HeadPose): Float32Array {
  return toHeadSpace(
    camera.map((value, at) => (at % 3 === 0 ? value : -value)),
    pose,
  );
}

/** One camera axis, in pixels, of a vector in head axes, cm. */
function turned({ rotation, pxPerCm }: HeadPose, vector: readonly number[], axis: number): number {
  const row = axis * 3;
  return pxPerCm * (rotation[row]! * vector[0]! + rotation[row + 1]! * vector[1]! + rotation[row + 2]! * vector[2]!);
}

function packShapes(
  shapes: ReadonlyMap<string, Float32Array>,
  mesh: PersonMesh,
  pose: HeadPose,
): Pick<AppearanceArrays, 'shapeOffsets' | 'shapeVertices' | 'shapeVectors'> {
  const offsets = new Uint32Array(ARKIT_SHAPES.length + 1);
  const vertices: number[] = [];
  const vectors: number[] = [];
  ARKIT_SHAPES.forEach((name, index) => {
    const shape = shapes.get(name);
    if (shape !== undefined) {
      for (let vertex = 0; vertex < mesh.vertexCount; vertex++) {
        const leader = mesh.leaders[vertex]! * 3;
        const following = mesh.followings[vertex]!;
        const move = [shape[leader]! * following, shape[leader + 1]! * following, shape[leader + 2]! * following];
        if (Math.hypot(...move) < LEAST_MOVE_CM) continue;
        vertices.push(vertex);
        for (let axis = 0; axis < 3; axis++) vectors.push(turned(pose, move, axis));
      }
    }
    offsets[index + 1] = vertices.length;
  });
  return {
    shapeOffsets: offsets,
    shapeVertices: Uint16Array.from(vertices),
    shapeVectors: Float32Array.from(vectors),
  };
}
