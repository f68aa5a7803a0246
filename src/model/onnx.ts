/**
 * Writes a graph as an ONNX file. Field numbers are those of onnx.proto3 (ONNX IR 8); only the fields that this project uses
 * are written. Node only: a Worker receives finished files.
 */
import { PbfWriter } from 'pbf';
import type { Attribute, Constant, Graph, Node, Tensor } from './graph.ts';
import { ELEMENT_TYPE } from './read-onnx.ts';

const IR_VERSION = 8;
const OPSETS = [
  { domain: '', version: 18 },
  { domain: 'com.microsoft', version: 1 },
];

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
