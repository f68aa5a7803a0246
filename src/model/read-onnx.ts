/** Reads an ONNX file, as far as this project looks at one. Field numbers are those of onnx.proto3 (ONNX IR 8). */
import { PbfReader } from 'pbf';

/** ONNX's numbers of element types. */
export const ELEMENT_TYPE = { float32: 1, int64: 7, bool: 9 } as const;

interface OnnxValue {
  readonly name: string;
  /** See `ELEMENT_TYPE`. */
  readonly elementType: number;
  readonly shape: readonly (number | string)[];
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Those that are one number, by name; of the others, NaN. */
  readonly attributes: ReadonlyMap<string, number>;
}

/** Numbers stored with the graph. */
export interface OnnxConstant {
  readonly name: string;
  readonly elementType: number;
  readonly shape: readonly number[];
  /** Little-endian; empty where the file keeps them in another field than `raw_data`. */
  readonly bytes: Uint8Array;
}

export interface OnnxFile {
  readonly producer: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
}

/** Throws on bytes that are not a whole ONNX model. */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  try {
    return readModel(bytes);
  } catch (cause) {
    throw new Error('not an ONNX model, or not a whole one', { cause }); // what pbf says of other bytes means nothing
  }
}

function readModel(bytes: Uint8Array): OnnxFile {
  const file = {
    producer: '',
    inputs: [] as OnnxValue[],
    outputs: [] as OnnxValue[],
    nodes: [] as OnnxNode[],
    constants: [] as OnnxConstant[],
  };
  let graphs = 0;
  let opsets = 0;
  const reader = new PbfReader(bytes);
  reader.readFields((tag, _, model) => {
    if (tag === 2) file.producer = model.readString();
    if (tag === 8) opsets++;
    if (tag !== 7) return;
    graphs++;
    eachField(model, (field, graph) => {
      if (field === 1) file.nodes.push(readNode(graph));
      if (field === 5) file.constants.push(readConstant(graph));
      if (field === 11) file.inputs.push(readValueInfo(graph));
      if (field === 12) file.outputs.push(readValueInfo(graph));
    });
  }, undefined);
  if (graphs !== 1 || opsets === 0 || reader.pos !== bytes.length) throw new Error(`${graphs} graphs, ${opsets} operator sets`);
  return file;
}

/** What an `.onnx` file says of itself. */
export interface OnnxOutline extends Pick<OnnxFile, 'producer' | 'inputs' | 'outputs'> {
  /** How often each operator occurs. */
  readonly operators: Readonly<Record<string, number>>;
  /** Bytes of stored weights. */
  readonly weightBytes: number;
}

/** Throws as `readOnnx` does. */
export function readOnnxOutline(bytes: Uint8Array): OnnxOutline {
  const { producer, inputs, outputs, nodes, constants } = readOnnx(bytes);
  const operators: Record<string, number> = {};
  for (const { op } of nodes) operators[op] = (operators[op] ?? 0) + 1;
  return { producer, inputs, outputs, operators, weightBytes: constants.reduce((sum, constant) => sum + constant.bytes.length, 0) };
}

/** Calls `onField` for every field of the message that `reader` stands before; what it does not read is passed over. */
function eachField(reader: PbfReader, onField: (tag: number, message: PbfReader) => void): void {
  reader.readMessage((tag, _, message) => onField(tag, message), undefined);
}

function readNode(graph: PbfReader): OnnxNode {
  const node = { op: '', inputs: [] as string[], outputs: [] as string[], attributes: new Map<string, number>() };
  eachField(graph, (tag, message) => {
    if (tag === 1) node.inputs.push(message.readString());
    if (tag === 2) node.outputs.push(message.readString());
    if (tag === 4) node.op = message.readString();
    if (tag === 5) node.attributes.set(...readAttribute(message));
  });
  return node;
}

function readAttribute(node: PbfReader): [name: string, value: number] {
  let name = '';
  let value = NaN;
  eachField(node, (tag, message) => {
    if (tag === 1) name = message.readString();
    if (tag === 2) value = message.readFloat();
    if (tag === 3) value = message.readVarint(true);
  });
  return [name, value];
}

function readConstant(graph: PbfReader): OnnxConstant {
  const constant = { name: '', elementType: 0, shape: [] as number[], bytes: new Uint8Array() as Uint8Array };
  eachField(graph, (tag, message) => {
    if (tag === 1) message.readPackedVarint(constant.shape);
    if (tag === 2) constant.elementType = message.readVarint();
    if (tag === 8) constant.name = message.readString();
    if (tag === 9) constant.bytes = message.readBytes();
  });
  return constant;
}

function readValueInfo(graph: PbfReader): OnnxValue {
  const value = { name: '', elementType: 0, shape: [] as (number | string)[] };
  eachField(graph, (tag, info) => {
    if (tag === 1) value.name = info.readString();
    if (tag !== 2) return;
    eachField(info, (typeTag, type) => {
      if (typeTag !== 1) return;
      eachField(type, (tensorTag, tensor) => {
        if (tensorTag === 1) value.elementType = tensor.readVarint();
        if (tensorTag === 2) eachField(tensor, (dimTag, shape) => dimTag === 1 && value.shape.push(readDim(shape)));
      });
    });
  });
  return value;
}

function readDim(shape: PbfReader): number | string {
  let dim: number | string = '?';
  eachField(shape, (tag, message) => {
    if (tag === 1) dim = message.readVarint(true);
    if (tag === 2) dim = message.readString();
  });
  return dim;
}
