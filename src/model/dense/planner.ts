import type { DenseExports } from '../../kernel/dense.ts';
import type { Numbers } from './values.ts';

/** A call of a kernel whose addresses and sizes are fixed. */
export type Step = (kernels: DenseExports) => void;

/** What operators add to while a plan is made. */
export interface Planner {
  /** Memory for a result of this shape. */
  allocate(shape: readonly number[]): Numbers;
  step(step: Step): void;
  /** The one number of a stored scalar. Throws `NotDense` where it is something else. */
  scalar(value: Numbers): number;
}
