/** The folder of the model that benches measure. */
export const MODEL = process.env['EDGEWISE_BENCH_MODEL'] ?? 'models/online-retail';
