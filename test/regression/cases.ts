/** A run of the command whose outputs are kept as hashes in outputs.json. */
export interface Case {
  /** Short enough for a folder name. */
  readonly name: string;
  /** What comes after `isotherm`; words are separated by single spaces. */
  readonly command: string;
  /** A folder of test/golden whose files lie in the working folder too. */
  readonly golden?: string;
}

/** Every bundled experiment, policy kind, accelerator, network and input form. */
const RUNS = `
one-inference        run one-inference -o out
quickstart           run quickstart -o out
quickstart-hp        run quickstart-hp -o out
cloud-vit            run cloud-vit -o out
four-arrays          run four-arrays -o out
separate-rails       run separate-rails -o out
thermal-stress       run thermal-stress -o out
thermal-stress-hp    run thermal-stress-hp -o out
too-loose            run too-loose -o out
performance          run too-loose -o out --policy performance --set inferences.duration=500ms
powersave            run too-loose -o out --policy powersave --set inferences.duration=500ms
userspace            run too-loose -o out --policy userspace --set policy.frequency=400MHz --set inferences.duration=500ms
race-to-idle         run too-loose -o out --policy race-to-idle --set inferences.duration=500ms
static-best          run too-loose -o out --policy static-best --deadline 12ms --set inferences.duration=500ms
pace-no-floor        run too-loose -o out --set policy.floor=none --set inferences.duration=500ms
pace-with-cap        run four-arrays -o out --policy pace-with-thermal-cap --deadline 9ms --set inferences.duration=200ms
bang_bang            run thermal-stress -o out --policy bang_bang --set inferences.count=200
step_wise            run thermal-stress -o out --policy step_wise --set inferences.count=200
component-util       run separate-rails -o out --set accelerator.dram.bandwidth=34GB/s --set inferences.duration=200ms
conflicts            run hot.yaml -o out
weight-stationary    run one-inference -o out --set accelerator.array.dataflow=ws
input-stationary     run one-inference -o out --set accelerator.array.dataflow=is --set workload=alexnet
mobilenet-16-rows    run one-inference -o out --set accelerator.array.rows=16 --set workload=mobilenet_v1
four-arrays-gpt2     run four-arrays -o out --policy performance --deadline 50ms --set workload=gpt2_small_block --set inferences.duration=100ms
cloud-resnet50       run cloud-vit -o out --set workload=resnet50
onnx                 run gpt2-onnx.yaml -o out
scalesim-topology    run scalesim-topology.yaml -o out
json                 run one-inference --json
missed-deadline      run quickstart -o out --deadline 3ms --policy performance --set inferences.duration=100ms
unknown-parameter    run too-loose --set policy.gard=0.1
unknown-experiment   run quickstrat
`;

/** SCALE-Sim's job: our own model, and each version of SCALE-Sim. */
const SIMULATIONS = `
own-os               simulate -c os-user.cfg -t golden/scalesim/topology/edge_conv_1.csv --interval 100
own-ws               simulate -c ws-user.cfg -t golden/scalesim/topology/refetch_conv_1.csv --interval 1000
own-is               simulate -c is-calc.cfg -t golden/scalesim/topology/edge_gemm_1.csv -i gemm --interval 50
own-depthwise        simulate -c os-user.cfg -t golden/scalesim/topology/edge_dw_1.csv
own-resnet           simulate -c resnet.cfg -t golden/scalesim/topology/resnet18_a.csv --interval 10000
own-banks            simulate -c banks.cfg -t banks.csv -l layout.csv -i gemm --interval 10
own-sparse-conv      simulate -c sparse-csr.cfg -t golden/scalesim/topology/sparse_conv_1.csv --interval 100
own-sparse-gemm      simulate -c sparse-csr.cfg -t golden/scalesim/topology/sparse_gemm_1.csv -i gemm
own-sparse-rows      simulate -c sparse-rows.cfg -t golden/scalesim/topology/sparse_gemm_1.csv -i gemm
v2-os                simulate --compat scalesim-v2 -c os-user.cfg -t golden/scalesim/topology/edge_conv_1.csv --save-traces
v2-ws                simulate --compat scalesim-v2 -c ws-user.cfg -t golden/scalesim/topology/refetch_1.csv -i gemm --save-traces
v2-is                simulate --compat scalesim-v2 -c is-calc.cfg -t golden/scalesim/topology/edge_gemm_1.csv -i gemm --save-traces
v2-stride            simulate --compat scalesim-v2 -c is-calc.cfg -t golden/scalesim/topology/edge_stride_hw_1.csv
v2-lenet             simulate --compat scalesim-v2 -c ws-user.cfg -t golden/scalesim/topology/lenet_1.csv --interval 500
v2-resnet            simulate --compat scalesim-v2 -c resnet.cfg -t golden/scalesim/topology/resnet18_a.csv
v3-ws                simulate --compat scalesim-v3 -c v3-user.cfg -t golden/scalesim/topology/edge_gemm_1.csv -i gemm --save-traces
v3-depthwise         simulate --compat scalesim-v3 -c v3-user.cfg -t golden/scalesim/topology/edge_dw_1.csv
v3-sparse-conv       simulate --compat scalesim-v3 -c sparse-csr.cfg -t golden/scalesim/topology/sparse_conv_1.csv --save-traces
v3-sparse-rows       simulate --compat scalesim-v3 -c sparse-rows.cfg -t golden/scalesim/topology/sparse_gemm_1.csv -i gemm
v3-banks-refused     simulate --compat scalesim-v3 -c banks.cfg -t banks.csv -l layout.csv -i gemm
accelergy            simulate --compat scalesim-accelergy -c accelergy.cfg -t golden/scalesim/topology/edge_conv_1.csv --save-traces
accelergy-lenet      simulate --compat scalesim-accelergy -c accelergy.cfg -t golden/scalesim/topology/lenet_1.csv
`;

/** The other commands. */
const OTHERS = `
scaling-os           scaling alexnet gpt2_small_block --budgets 10..14 -o out
scaling-ws           scaling golden/onnx/resnet18.onnx --budgets 12..13 --dataflow ws --json
scaling-is           scaling resnet50 golden/scalesim/topology/lenet_1.csv --budgets 12 --dataflow is
compare              compare one-inference --policies performance race-to-idle static-best pace --deadline 6ms -o out
compare-cells        compare one-inference --policies performance pace --sweep limit=60C,90C --deadline 5ms..6ms/1ms --start shared -o out
compare-uncertain    compare one-inference --policies static-best pace --deadline 8ms --uncertain leakage=20% --draws 4 --json
mark-dvfs            mark dvfs pace --json
mark-thermal         mark thermal step_wise -o out
list                 list
list-policies        list policies
validate             validate hot.yaml gpt2-onnx.yaml golden/onnx/resnet18.onnx golden/scalesim/topology/lenet_1.csv
validate-accelergy   validate golden/accelergy/handover/architecture.yaml golden/accelergy/nested_scale/input/all.yaml
validate-refused     validate golden/onnx/gpt2_block.onnx nothing.yaml
`;

const STEADY = '-steady_file out.steady';
const GRID = `${STEADY} -grid_steady_file out.grid.steady`;
const BOTH = `-o out.ttrace ${STEADY}`;
const PICTURES = '--svg out.svg --png out.png --floorplan-svg out.flp.svg --hotspots out.json --digits 6';

/** Folders of test/golden/hotspot, the options of HotSpot's own run there, and how the network is treated. */
const HOTSPOT: readonly (readonly [folder: string, options: string, modes: string])[] = [
  ['nonuni-block-steady', STEADY, 'own hotspot'],
  ['nonuni-grid64-steady', GRID, 'own hotspot'],
  ['stack3-grid16-detailed', `-detailed_3D on ${GRID}`, 'own hotspot'],
  ['stack3-grid16-detailed-tr', `-detailed_3D on ${BOTH}`, 'own hotspot hotspot-be'],
  ['stack3-grid16-secondary-detailed', `-detailed_3D on ${STEADY}`, 'own hotspot'],
  ['stack3-grid16-steady', GRID, 'own hotspot'],
  ['stack3-grid16-tr', BOTH, 'own hotspot hotspot-be'],
  ['sys8-block-const', STEADY, 'own hotspot'],
  ['sys8-block-fanpkg', STEADY, 'own hotspot'],
  ['sys8-block-leak', STEADY, 'own hotspot'],
  ['sys8-block-natural', STEADY, 'own hotspot'],
  ['sys8-block-omitlat', STEADY, 'own hotspot'],
  ['sys8-block-pkg', BOTH, 'own hotspot hotspot-be'],
  ['sys8-block-restart', `-init_file start.init ${BOTH} -dtm_used 1 -thermal_threshold 325`, 'own hotspot hotspot-be'],
  ['sys8-block-shuffled', BOTH, 'own hotspot hotspot-be'],
  ['sys8-block-square-1e-4', BOTH, 'own hotspot hotspot-be'],
  ['sys8-grid128-steady', GRID, 'own hotspot'],
  ['sys8-grid16-burst-1e-4', BOTH, 'own hotspot hotspot-be'],
  ['sys8-grid16-restart', `-init_file start.init ${BOTH}`, 'own hotspot hotspot-be'],
  ['sys8-grid16-secondary', GRID, 'own hotspot'],
  ['sys8-grid16-secondary-tr', BOTH, 'own hotspot hotspot-be'],
  ['sys8-grid16-steady', `${GRID} -d out.config`, 'own hotspot'],
  ['sys8-grid16-step-1e-5', BOTH, 'own hotspot hotspot-be'],
  ['sys8-grid32-burst-1e-3', `${BOTH} -grid_transient_file out.grid.ttrace`, 'own hotspot hotspot-be'],
  ['sys8-grid32-center', GRID, 'own hotspot'],
  ['sys8-grid32-leak', GRID, 'own hotspot'],
  ['sys8-grid32-max', GRID, 'own hotspot'],
  ['sys8-grid32-min', GRID, 'own hotspot'],
  [
    'sys8-grid8-natural',
    `-sampling_intvl 0.2 -c_convec 1 -init_temp 330 -model_type grid -grid_rows 8 -grid_cols 8 ${BOTH}`,
    'own hotspot hotspot-be',
  ],
  ['two-block-step', BOTH, 'own hotspot hotspot-be'],
  ['two-grid32x16-nonsquare', `${GRID} ${PICTURES}`, 'own hotspot'],
  ['sys8-grid16-square-1e-3', `${BOTH} ${PICTURES} --frames frames --range 40,120`, 'own hotspot-be'],
];

function table(lines: string): Case[] {
  const rows = lines.trim().split('\n');
  return rows.map((line) => {
    const [, name, command] = /^(\S+) +(.*)$/.exec(line)!;
    return { name, command };
  });
}

function hotspot([folder, options, modes]: (typeof HOTSPOT)[number]): Case[] {
  const plan = folder.startsWith('stack3') ? '-grid_layer_file stack.lcf' : `-f ${folder.split('-')[0]}.flp`;
  return modes.split(' ').map((mode) => ({
    name: `${folder}.${mode}`,
    command: `thermal -c hotspot.config -p power.ptrace ${plan} ${options}${mode === 'own' ? '' : ` --compat ${mode}`}`,
    golden: `hotspot/${folder}`,
  }));
}

export const CASES: readonly Case[] = [...[RUNS, SIMULATIONS, OTHERS].flatMap(table), ...HOTSPOT.flatMap(hotspot)];
