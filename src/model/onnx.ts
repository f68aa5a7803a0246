/**
 * Writes a graph as an ONNX file and reads the outline of one. Field numbers are those of onnx.proto3 (ONNX IR 8); only
 * the fields that this project uses are written. Node only: a Worker receives finished files.
 */
import { PbfReader, PbfWriter } from 'pbf';
import type { Attribute, Constant, DType, Graph, Node, Tensor } from './graph.ts';

const IR_VERSION = 8;
const OPSETS = [
  { domain: '', version: 18 },
  { domain: 'com.microsoft', version: 1 },
];
const ELEMENT_TYPE: Record<DType, number> = { float32: 1, int64: 7, bool: 9 };

/** The bytes of an `.onnx` file. */
export function writeOnnx(graph: Graph): Uint8Array {
  const model = new PbfWriter();
  model.writeVarintField(1, IR_VERSION);
  model.writeStringField(2, 'edgewise');
  model.writeMessage(7, writeGraph, graph);
  for (const opset of OPSETS) model.writeMessage(8, writeOpset, opset);
  return model.finish();
}

function writeOpset(opset: (typeof OPSETS)[number], out: PbfWriter): void {
  out.writeStringField(1, opset.domain);
  out.writeVarintField(2, opset.version);
}

function writeGraph(graph: Graph, out: PbfWriter): void {
  for (const node of graph.nodes) out.writeMessage(1, writeNode, node);
  out.writeStringField(2, 'edgewise');
  for (const constant of graph.constants) out.writeMessage(5, writeConstant, constant);
  for (const tensor of graph.inputs) out.writeMessage(11, writeValueInfo, tensor);
  for (const tensor of graph.outputs) out.writeMessage(12, writeValueInfo, tensor);
}

function writeNode(node: Node, out: PbfWriter): void {
  for (const input of node.inputs) out.writeStringField(1, input.name);
  for (const output of node.outputs) out.writeStringField(2, output.name);
  out.writeStringField(4, node.op);
  for (const attribute of Object.entries(node.attributes)) out.writeMessage(5, writeAttribute, attribute);
  if (node.domain) out.writeStringField(7, node.domain);
}

function writeAttribute([name, value]: [string, Attribute], out: PbfWriter): void {
  out.writeStringField(1, name);
  if ('float' in value) {
    out.writeFloatField(2, value.float);
    out.writeVarintField(20, 1);
  } else if ('int' in value) {
    out.writeVarintField(3, value.int);
    out.writeVarintField(20, 2);
  } else if ('string' in value) {
    out.writeBytesField(4, new TextEncoder().encode(value.string));
    out.writeVarintField(20, 3);
  } else {
    out.writePackedVarint(8, [...value.ints]);
    out.writeVarintField(20, 7);
  }
}

function writeConstant({ tensor, data }: Constant, out: PbfWriter): void {
  out.writePackedVarint(1, tensor.shape as number[]);
  out.writeVarintField(2, ELEMENT_TYPE[tensor.dtype]);
  out.writeStringField(8, tensor.name);
  out.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValueInfo(tensor: Tensor, out: PbfWriter): void {
  out.writeStringField(1, tensor.name);
  out.writeMessage(2, writeType, tensor);
}

function writeType(tensor: Tensor, out: PbfWriter): void {
  out.writeMessage(1, writeTensorType, tensor);
}

function writeTensorType(tensor: Tensor, out: PbfWriter): void {
  out.writeVarintField(1, ELEMENT_TYPE[tensor.dtype]);
  out.writeMessage(2, writeShape, tensor);
}

function writeShape(tensor: Tensor, out: PbfWriter): void {
  for (const dim of tensor.shape) out.writeMessage(1, writeDim, dim);
}

function writeDim(dim: number | string, out: PbfWriter): void {
  if (typeof dim === 'number') out.writeVarintField(1, dim);
  else out.writeStringField(2, dim);
}

/** What an `.onnx` file says of itself. */
export interface OnnxOutline {
  readonly producer: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** How often each operator occurs. */
  readonly operators: Readonly<Record<string, number>>;
  /** Bytes of stored weights. */
  readonly weightBytes: number;
}

interface OnnxValue {
  readonly name: string;
  /** ONNX's element type: 1 float32, 7 int64, 9 bool, … */
  readonly elementType: number;
  readonly shape: readonly (number | string)[];
}

/** Reads inputs, outputs and operators; throws on bytes that are not an ONNX model. */
export function readOnnxOutline(bytes: Uint8Array): OnnxOutline {
  const outline = {
    producer: '',
    inputs: [] as OnnxValue[],
    outputs: [] as OnnxValue[],
    operators: {} as Record<string, number>,
    weightBytes: 0,
  };
  let graphs = 0;
  let opsets = 0;
  const reader = new PbfReader(bytes);
  reader.readFields((tag, _, model) => {
    if (tag === 2) outline.producer = model.readString();
    if (tag === 8) opsets++;
    if (tag === 7) {
      graphs++;
      model.readMessage((field, __, graph) => {
        if (field === 1) {
          const op = readString(graph, 4);
          outline.operators[op] = (outline.operators[op] ?? 0) + 1;
        }
        if (field === 5) outline.weightBytes += readBytes(graph, 9).length;
        if (field === 11) outline.inputs.push(readValueInfo(graph));
        if (field === 12) outline.outputs.push(readValueInfo(graph));
      }, undefined);
    }
  }, undefined);
  if (graphs !== 1 || opsets === 0 || reader.pos !== bytes.length) throw new Error('not an ONNX model, or not a whole one');
  return outline;
}

function readString(message: PbfReader, wanted: number): string {
  return message.readMessage(
    (tag, result: { value: string }, inner) => {
      if (tag === wanted) result.value = inner.readString();
    },
    { value: '' },
  ).value;
}

function readBytes(message: PbfReader, wanted: number): Uint8Array {
  return message.readMessage(
    (tag, result: { value: Uint8Array }, inner) => {
      if (tag === wanted) result.value = inner.readBytes();
    },
    { value: new Uint8Array() },
  ).value;
}

function readValueInfo(message: PbfReader): OnnxValue {
  const value = { name: '', elementType: 0, shape: [] as (number | string)[] };
  message.readMessage((tag, _, info) => {
    if (tag === 1) value.name = info.readString();
    if (tag === 2) {
      info.readMessage((typeTag, __, type) => {
        if (typeTag !== 1) return;
        type.readMessage((tensorTag, ___, tensor) => {
          if (tensorTag === 1) value.elementType = tensor.readVarint();
          if (tensorTag === 2)
            tensor.readMessage((dimTag, ____, shape) => {
              if (dimTag === 1) value.shape.push(readDim(shape));
            }, undefined);
        }, undefined);
      }, undefined);
    }
  }, undefined);
  return value;
}

function readDim(message: PbfReader): number | string {
  return message.readMessage(
    (tag, result: { dim: number | string }, dim) => {
      if (tag === 1) result.dim = dim.readVarint(true);
      if (tag === 2) result.dim = dim.readString();
    },
    { dim: '?' },
  ).dim;
}
