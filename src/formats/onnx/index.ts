export {
  MOST_VALUES,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxValueInfo,
  readOnnx,
} from './onnx.ts';
