/** What this program writes of glTF 2.0 (Khronos, ISO/IEC 12113): nodes, one mesh, one animation, one buffer. */
export interface GltfNode {
  readonly name: string;
  readonly children?: readonly number[];
  readonly mesh?: number;
  readonly translation?: readonly [number, number, number];
}

export interface GltfDocument {
  readonly nodes: readonly GltfNode[];
  readonly meshes?: readonly object[];
  readonly animations: readonly object[];
  readonly extensions?: Readonly<Record<string, object>>;
}

const GENERATOR = 'Visavis';
const FLOAT = 5126;
const UNSIGNED_BYTE = 5121;
const UNSIGNED_SHORT = 5123;
const COMPONENTS = { SCALAR: 1, VEC3: 3, VEC4: 4 } as const;

type AccessorType = keyof typeof COMPONENTS;

/** Numbers of a glTF file: gathers them in one buffer, and says where they lie. */
export class GltfBuffer {
  readonly #pieces: Uint8Array[] = [];
  readonly #views: object[] = [];
  readonly #accessors: object[] = [];
  #length = 0;

  /**
   * @param values - elements of `type`, one after the other.
   * @returns the index of their accessor.
   */
  floats(values: Float32Array, type: AccessorType): number {
    const size = COMPONENTS[type];
    return this.#accessor({
      bufferView: this.#view(values),
      componentType: FLOAT,
      count: values.length / size,
      type,
      ...bounds(values, size),
    });
  }

  /** @param indices - of the vertices of triangles. @returns the index of their accessor. */
  indices(indices: Uint16Array): number {
    const bufferView = this.#view(indices);
    return this.#accessor({ bufferView, componentType: UNSIGNED_SHORT, count: indices.length, type: 'SCALAR' });
  }

  /**
   * Offsets of a mesh of which few vertices move.
   * @param count - all vertices.
   * @param moved - their indices, ascending, below 256; @param offsets - `[moved, 3]`.
   * @returns the index of their accessor.
   */
  sparseOffsets(count: number, moved: Uint8Array, offsets: Float32Array): number {
    const indices = { bufferView: this.#view(moved), componentType: UNSIGNED_BYTE };
    const values = { bufferView: this.#view(offsets) };
    const { min, max } = bounds(new Float32Array([...offsets, 0, 0, 0]), 3);
    const sparse = { count: moved.length, indices, values };
    return this.#accessor({ componentType: FLOAT, count, type: 'VEC3', min, max, sparse });
  }

  /** @returns the whole document; @param uri - of the buffer, or nothing where it follows in the same file. */
  document({ nodes, meshes, animations, extensions }: GltfDocument, uri?: string): object {
    return {
      asset: { version: '2.0', generator: GENERATOR },
      ...(extensions && { extensionsUsed: Object.keys(extensions), extensions }),
      scene: 0,
      scenes: [{ nodes: rootsOf(nodes) }],
      nodes,
      ...(meshes && { meshes }),
      animations,
      accessors: this.#accessors,
      bufferViews: this.#views,
      buffers: [{ byteLength: this.#length, ...(uri !== undefined && { uri }) }],
    };
  }

  /** Everything that was gathered; its length is a multiple of 4. */
  bytes(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  #view(values: Float32Array | Uint16Array | Uint8Array): number {
    // Numbers begin at multiples of their own size.
    const padded = new Uint8Array(Math.ceil(values.byteLength / 4) * 4);
    padded.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.#pieces.push(padded);
    this.#views.push({ buffer: 0, byteOffset: this.#length, byteLength: values.byteLength });
    this.#length += padded.length;
    return this.#views.length - 1;
  }

  #accessor(accessor: object): number {
    this.#accessors.push(accessor);
    return this.#accessors.length - 1;
  }
}

/** @returns a `.glb` file: the document and its buffer in one, little-endian. */
export function glbFile(document: object, buffer: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(document));
  const jsonLength = Math.ceil(json.length / 4) * 4;
  const file = new Uint8Array(12 + 8 + jsonLength + 8 + buffer.length);
  const view = new DataView(file.buffer);
  const words = [0x46546c67, 2, file.length, jsonLength, 0x4e4f534a];
  words.forEach((word, index) => {
    view.setUint32(4 * index, word, true);
  });
  file.fill(0x20, 20, 20 + jsonLength);
  file.set(json, 20);
  view.setUint32(20 + jsonLength, buffer.length, true);
  view.setUint32(24 + jsonLength, 0x004e4942, true);
  file.set(buffer, 28 + jsonLength);
  return file;
}

function rootsOf(nodes: readonly GltfNode[]): number[] {
  const children = new Set(nodes.flatMap((node) => node.children ?? []));
  return nodes.map((_, index) => index).filter((index) => !children.has(index));
}

function bounds(values: Float32Array, size: number): { min: number[]; max: number[] } {
  const min = Array.from({ length: size }, () => Infinity);
  const max = Array.from({ length: size }, () => -Infinity);
  for (let index = 0; index < values.length; index++) {
    const component = index % size;
    min[component] = Math.min(min[component]!, values[index]!);
    max[component] = Math.max(max[component]!, values[index]!);
  }
  return { min, max };
}
