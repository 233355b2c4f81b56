import { readFileSync } from 'node:fs';
import { parseYaml } from '../../src/base/document.ts';
import type { Diagnostic } from '../../src/base/errors.ts';
import type { Files } from '../../src/base/files.ts';
import { parseOverride } from '../../src/base/overrides.ts';
import { loadExperiment, readMapping } from '../../src/cosim/index.ts';
import { readArrivals } from '../../src/cosim/loop/releases.ts';
import { evaluateOperand } from '../../src/energy/index.ts';
import { readPowerCsv } from '../../src/formats/hotspot/index.ts';
import { readMaestroHardware, readMaestroNetwork } from '../../src/formats/maestro/index.ts';
import { readAccelergyHardware, readScaleSimLayouts, readSimulateConfig } from '../../src/formats/scalesim/index.ts';
import { readTimeloop, writeMappingText } from '../../src/formats/timeloop/index.ts';
import { evaluateMaestro, evaluateTimeloop, machineOf } from '../../src/mapping/index.ts';
import { nodeFiles } from '../../src/node/index.ts';
import { estimateEnergy, OUTPUTS, readOwnFigures } from '../../src/peers/accelergy/index.ts';
import { readHotspotInput } from '../../src/peers/hotspot/input/files.ts';
import { readConfuciuxNetwork } from '../../src/peers/mapping/confuciux-files.ts';
import { readPriced } from '../../src/peers/mapping/energies.ts';
import { otherForms } from '../../src/peers/mapping/forms/index.ts';
import { timeloopReport } from '../../src/peers/mapping/report.ts';
import { readSimulationInput } from '../../src/peers/scalesim/model-input.ts';
import { readScaleSimInput } from '../../src/peers/scalesim/peer-input.ts';
import { checkPolicy, createStack, parsePolicy } from '../../src/policy/index.ts';
import { readOnnxModel, readTopology } from '../../src/workload/index.ts';
import { TEXTS as EXPERIMENT, PATHS } from '../cosim/damage.ts';
import { memoryFiles } from '../cosim/support.ts';
import { contextOf, observe } from '../policy/support.ts';

export type Texts = Readonly<Record<string, string>>;

/** A reader with the files it reads, whole; `read` reads them, damaged or not. */
export interface Reader {
  readonly name: string;
  readonly texts: Texts;
  read(texts: Texts, warn: (warning: Diagnostic) => void): unknown;
  /** How many of 100 mutants are its. */
  readonly share: number;
  /** Its texts are bytes, a character each, in which no line can be named. */
  readonly binary?: boolean;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const CFG = `[general]
run_name = run
[architecture_presets]
ArrayHeight: 8
ArrayWidth: 8
IfmapSramSzkB: 4
FilterSramSzkB: 4
OfmapSramSzkB: 4
IfmapOffset: 0
FilterOffset: 10000000
OfmapOffset: 20000000
Bandwidth : 10
Dataflow : ws
MemoryBanks: 1
ReadRequestBuffer: 32
WriteRequestBuffer: 32
[layout]
IfmapCustomLayout: True
IfmapSRAMBankBandwidth: 10
IfmapSRAMBankNum: 10
IfmapSRAMBankPort: 2
FilterCustomLayout: False
FilterSRAMBankBandwidth: 10
FilterSRAMBankNum: 10
FilterSRAMBankPort: 2
[sparsity]
SparsitySupport : false
SparseRep : ellpack_block
OptimizedMapping : false
BlockSize : 8
RandomNumberGeneratorSeed : 40
[run_presets]
InterfaceBandwidth: USER
UseRamulatorTrace: False
DRAM_row_size: 4
`;
const PLAIN_CFG = CFG.replace('IfmapCustomLayout: True', 'IfmapCustomLayout: False');
const CONV =
  'Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,\nc1,8,8,3,3,2,4,1,\nDPc2,6,6,1,1,4,8,1,\nc3,6,6,3,3,4,8,2,1:4,\n';
const OLD_CONV = CONV.replace(',1:4,', ',1,');
const GEMM = 'Layer,M,N,K,\ng1,4,5,6,\ng2,7,8,9,2:4,\n';
const OURS =
  'layer,type,ifmap_h,ifmap_w,filter_h,filter_w,channels,filters,stride,padding,m,n,k,sparsity\nc,conv,8,8,3,3,2,4,1,1,,,,\ng,gemm,,,,,,,,,3,4,5,2:4\np,pool\n';
const LAYOUT = ['c1', 'DPc2', 'c3'].reduce(
  (text, name) => `${text}${name},1,1,1,1,1,1,0,1,2,3,4,5,0,1,2,3,4,5,6,7,\n`,
  'h\n',
);

const HOTSPOT: Texts = {
  config:
    '-model_type grid\n-grid_rows 2\n-grid_cols 2\n-grid_layer_file lcf\n-materials_file materials\n-init_file init\n-package_model_used 1\n-package_config_file fan\n-sampling_intvl 1e-3\n-dtm_used 1\n',
  lcf: '# stack\n0\nY\nY\n1.75e6\n0.01\n1e-4\nflp\n\n1\nY\nN\nglue\n2e-5\nflp\n',
  materials: 'glue\nsolid\n4\n4e6\nwater\nfluid\n0.6\n4.2e6\n9e-4\n',
  flp: '# die\na 0.004 0.004 0 0\nb 0.004 0.004 0.004 0 1.7e6 0.01\na b 0.5\n',
  ptrace: 'a\tb\n8\t1\n2\t1\n',
  init: 'layer_0_a 330\nlayer_0_b 331.5\n',
  fan: '-natural_convec 0\n-rpm 900\n-fin_height 0.03\n',
};

function only(
  name: string,
  text: string,
  share: number,
  run: (source: { file: string; text: string }, warn: (w: Diagnostic) => void) => unknown,
): Reader {
  return { name, share, texts: { f: text }, read: (texts, warn) => run({ file: 'f', text: texts.f }, warn) };
}

const hotspot = (compat: boolean): Reader => ({
  name: compat ? 'thermal --compat' : 'thermal',
  share: 9,
  texts: HOTSPOT,
  read(texts, warn) {
    const files: Files = { read: (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined), list: () => [] };
    const request = { config: 'config', floorplan: undefined, trace: 'ptrace', transient: true, options: [] };
    return readHotspotInput(files, { ...request, tolerate: compat ? warn : undefined });
  },
});

const simulate = (form: 'conv' | 'gemm', version?: 'v2' | 'v3'): Reader => ({
  name: `simulate -i ${form} ${version ?? ''}`,
  share: 6,
  texts: {
    cfg: version || form === 'gemm' ? PLAIN_CFG : CFG,
    topology: form === 'gemm' ? GEMM : version === 'v2' ? OLD_CONV : CONV,
    layout: LAYOUT,
  },
  read({ cfg, topology, layout }, warn) {
    const texts = {
      config: { file: 'cfg', text: cfg },
      topology: { file: 'topology', text: topology },
      layout: { file: 'layout', text: layout },
      form,
    };
    if (version) return readScaleSimInput(texts, { version, tolerate: warn });
    return readSimulationInput(
      form === 'conv' ? texts : { ...texts, layout: undefined, config: { file: 'cfg', text: cfg } },
      warn,
    );
  },
});

const onnx = (model: string, dimensions: Record<string, number>): Reader => ({
  name: model,
  share: 2,
  binary: true,
  texts: { [model]: readFileSync(new URL(`../golden/onnx/${model}`, import.meta.url), 'latin1') },
  read: (texts) => readOnnxModel({ file: model, bytes: Buffer.from(texts[model], 'latin1') }, { dimensions }),
});

/** The file that another one includes. */
const INCLUDED = 'included.yaml';

const timeloop = (name: string): Reader => ({
  name: `Timeloop ${name}`,
  share: 6,
  texts: Object.fromEntries(
    ['arch', 'problem', 'ert', name].map((file) => [file, read(`test/golden/timeloop/${TIMELOOP[name]}/${file}.yaml`)]),
  ),
  read(texts) {
    const sources = Object.entries(texts).flatMap(([file, text]) => (file === INCLUDED ? [] : [{ file, text }]));
    const files = { read: (path: string) => texts[path], list: () => [] };
    const input = readTimeloop(sources, files);
    const { problem, architecture, energies, mapping, mappingSpan } = input;
    if (!mapping) return undefined;
    const evaluation = evaluateTimeloop(machineOf(problem, architecture, energies), mapping, mappingSpan);
    return [evaluation, otherForms(input, mapping), timeloopReport(input, mapping, evaluation, undefined)];
  },
});

/** The same with the mapping as people read it, and the problem in a file that includes its parts. */
const timeloopText = (): Reader => {
  const { texts, ...rest } = timeloop('mapping');
  const input = readTimeloop(Object.entries(texts).map(([file, text]) => ({ file, text })));
  const { mapping, problem, ...other } = texts;
  const drawn = writeMappingText(input.problem, input.architecture, input.mapping!, () => 1);
  const parts = {
    problem: `problem: !include ${INCLUDED}\n`,
    [INCLUDED]: problem.replace(/^problem:\n/m, '').replaceAll(/^ {2}/gm, ''),
    'map.txt': drawn,
  };
  return { ...rest, name: 'Timeloop map.txt', texts: { ...other, ...parts } };
};

/** A network whose layers a mapping names. */
const MAPPED = readTopology({ file: 'net.csv', text: 'layer,type,m,n,k\nconv,gemm,64,32,48\nfc,gemm,1,10,64\n' });

/** Goldens whose files are damaged. */
const TIMELOOP: Readonly<Record<string, string>> = { mapping: 'ws_gemm_imperfect', constraints: 'map_conv_16x8' };

/** An architecture of nodes, lowered for the mapper. */
const timeloopNodes = (): Reader => ({
  ...timeloop('mapping'),
  name: 'Timeloop nodes',
  texts: { ...timeloop('mapping').texts, arch: ARCHITECTURE_OF_NODES },
  read: (texts) =>
    readPriced(
      Object.entries(texts).map(([file, text]) => ({ file, text })),
      { files: { read: (path) => texts[path], list: () => [] }, bundled: nodeFiles },
    ),
});

const ARCHITECTURE_OF_NODES = `architecture:
  version: 0.4
  nodes:
  - !Container {name: sys, attributes: {technology: "45nm", word: 16, width: word, datawidth: word}}
  - !Component {name: DRAM, class: DRAM, attributes: {width: 4 * word}}
  - !Component {name: GBuf, class: SRAM, attributes: {depth: 8192, block_size: 1}}
  - !Container {name: PE, spatial: {meshX: 16, meshY: 2 * 8}, constraints: {spatial: {permutation: [M, N, K], split: 1}}}
  - !Parallel
    nodes:
    - !Component {name: Reg, class: regfile, attributes: {depth: 4}, constraints: {dataspace: {keep: [A, B, Z], bypass: []}}}
    - !Nothing
  - !Component {name: MAC, class: intmac}
`;

const maestro = (name: string): Reader => ({
  name: `MAESTRO ${name}`,
  share: 4,
  texts: { network: read(`test/golden/maestro/${name}.m`), hw: read('test/golden/maestro/hw_c.m') },
  read(texts) {
    const hardware = readMaestroHardware({ file: 'hw', text: texts.hw });
    const { layers } = readMaestroNetwork({ file: 'network', text: texts.network });
    return layers.map((layer) => evaluateMaestro(layer, hardware));
  },
});

/** Every part of a file of rules. */
const RULE_FILE = `version: 1
name: mine
role: choice
at: [layer]
residency: 1
rules:
  - name: hot
    when: { temperature: { of: "pe_*", take: mean, at_least: 85C, hysteresis: 2K }, not: { rise: { at_most: -1K } } }
    then: { lower: 1, idle: retain }
    urgent: true
  - when: { any: [{ stall: { of: [array], above: 0.3 } }, { all: [{ queue: { at_least: 1 } }, { slack: { below: 0s } }] }] }
    then: { domains: array, range: [lowest, 600MHz] }
    residency: 3
  - { when: { running: true, power: { above: 10mW }, clock: { below: 1GHz } }, then: { point: 400MHz } }
`;

/** Accelergy's files, of a golden case, and Timeloop's nodes with a template. */
const ENERGY: Texts = Object.fromEntries(
  ['arch', 'components', 'counts', 'vars'].map((name) => [
    `${name}.yaml`,
    // A fraction is refused outside of the peer, and would refuse every mutant.
    read(`test/golden/accelergy/peer/sa16_table/input/${name}.yaml`).replace('counts: 100.5', 'counts: 100'),
  ]),
);
const NODES = `{% set banks = 2 %}
architecture:
  version: 0.4
  nodes:
  - !Container {name: c, spatial: {meshX: 4}, attributes: {technology: "45nm", w: &w 64}}
  - !Parallel
    nodes:
    - !Component {name: b, class: SRAM, attributes: {depth: 2 ** 10, width: w, n_banks: {{ banks }}}}
    - !Nothing
  - !Component
    name: m
    class: intmac
    attributes:
      width: max([8, 4]) if w > 1 else 2
`;
const TEMPLATE = `{% macro part(name, width=8) %}
  - !Component {name: {{ name }}, class: intadder, attributes: {width: {{ (1, width) | max }}}}
{% endmacro %}
{% set sizes = [['a', 16], ['b', 32]] %}
architecture:
  version: 0.4
  nodes:
  - !Container {name: c, attributes: {technology: "22nm", global_cycle_seconds: 1e-9}}
{% for name, width in sizes %}{% if name not in ['z'] and sizes|length > 1 %}{{ part(name, width) }}{% endif %}{% endfor %}
  - !Component {name: d, class: DRAM, attributes: {width: 64, type: "HBM2"}, required_actions: [read, background]}
  - !Component {name: t, class: clock_tree, attributes: {side_um: 100, n_sinks: 16, sink_ff: 1}}
`;
const LEVELS = `arch:
  arithmetic: {name: MACs, instances: 4, meshX: 2, word-bits: 8}
  storage:
  - {name: Buffer, sizeKB: 64, word-bits: 8, block-size: 8, num-ports: 2, num-banks: 4}
  - {name: DRAM, technology: DRAM, word-bits: 8, block-size: 8}
`;
const VARIABLES = 'variables: {version: 0.4, technology: "45nm", global_cycle_seconds: 1e-9}\n';
const EXPRESSION =
  "max(1, ceil(log2(rows * 3 ** 2 // 4 % 7))) + (2 if rows in (4, 8) and 'x' not in 'yz' else -1.5e-3)";
const GIVEN_ERT = `ERT:
  version: '0.4'
  tables:
  - name: t.pe[0..3]
    actions: [{name: mac, arguments: {global_cycle_seconds: 1e-9}, energy: 2}, {name: leak, arguments: {}, energy: 0.5}]
action_counts:
  version: 0.4
  local: [{name: 't.pe[0..3]', action_counts: [{name: mac, counts: 100}]}]
`;
const OLD = read('test/golden/accelergy/peer/v03_systolic/input/arch.yaml');

const OWN_FIGURES = readOwnFigures(nodeFiles, ['test/golden/accelergy/peer-tables'], []);

const energy = (name: string, texts: Texts, peer?: 'accelergy-0.4' | 'accelergy-0.3'): Reader => ({
  name,
  share: 5,
  texts,
  read(given, warn) {
    const files: Files = { read: (path) => (Object.hasOwn(given, path) ? given[path] : undefined), list: () => [] };
    const job = {
      files,
      bundled: nodeFiles,
      own: OWN_FIGURES,
      digits: 6,
      isVerbose: true,
      outputs: OUTPUTS,
    };
    return estimateEnergy({ ...job, paths: Object.keys(given), peer, leaveOut: true, warn });
  },
});

/** Every reader there is. */
export const READERS: readonly Reader[] = [
  simulate('conv'),
  simulate('gemm'),
  simulate('conv', 'v2'),
  simulate('conv', 'v3'),
  simulate('gemm', 'v3'),
  hotspot(false),
  hotspot(true),
  timeloop('mapping'),
  timeloop('constraints'),
  timeloopText(),
  timeloopNodes(),
  only(
    'mapping of a network',
    'version: 1\nname: mine\nlayers:\n  - { layer: 0, dataflow: ws, order: T tiles outermost, tile: 64 }\n  - { layer: fc, order: 4 columns }\n',
    3,
    (source) => readMapping(source, MAPPED),
  ),
  maestro('conv_rs'),
  maestro('conv_outputcentric'),
  maestro('gemm_os_edge'),
  only('network of ConfuciuX', 'K,C,Y,X,R,S,T\n32,3,8,8,3,3,1\n1,32,8,8,3,3,2\n', 3, (source) =>
    readConfuciuxNetwork(source),
  ),
  energy('energy', ENERGY),
  energy('energy --compat accelergy-0.4', ENERGY, 'accelergy-0.4'),
  energy('energy, nodes', { 'nodes.yaml': NODES }),
  energy('energy, 0.3', { 'old.yaml': OLD }),
  energy('energy, template', { 'template.yaml': TEMPLATE }),
  energy('energy, Timeloop 0.1', { 'arch.yaml': LEVELS, 'variables.yaml': VARIABLES }),
  energy('energy, ERT', { 'ert.yaml': GIVEN_ERT }),
  only('expression', EXPRESSION, 6, ({ text }) => {
    const span = { file: 'an expression', line: 1, column: 1, length: text.length, lineText: text };
    return evaluateOperand(text, new Map([['rows', 8]]), span);
  }),
  only(
    'power trace.csv',
    'time_s,duration_s,power_w:core,power_w:cache\n0.01,0.01,8,1\n0.02,0.01,2,1.5\n',
    3,
    (source) => readPowerCsv(source),
  ),
  only('topology', OURS, 8, (source) => readTopology(source)),
  only('topology of SCALE-Sim', CONV, 5, (source) => readTopology(source)),
  only('layout', LAYOUT, 3, (source) => readScaleSimLayouts(source)),
  only('cfg', CFG, 4, (source, warn) => readSimulateConfig(source, warn)),
  only('cfg for Accelergy', CFG, 2, (source) => readAccelergyHardware(source)),
  only('arrivals', '# s\ntime_s,who\n0,a\n0.5,b\n1.25,"c, d"\n', 4, (source) => readArrivals(source)),
  only('policy', read('policies/pace.yaml'), 5, (source) => {
    for (const { uses, usesSpan, parameters } of parsePolicy(parseYaml(source)).entries)
      checkPolicy(uses, usesSpan, [parameters]);
  }),
  only('rules', RULE_FILE, 6, (source) => {
    const { entries } = parsePolicy(parseYaml(source));
    const given = entries.map((one) => ({ ...one, name: 'mine', parameters: [one.parameters] }));
    const stack = createStack(given, contextOf());
    stack.decide(observe({ timeS: 1 }), stack.decide(observe(), stack.initial).state);
  }),
  only('YAML', 'a: &x [1, "two", {b: *y}]\nc: |\n  text\n? d\n: e\n', 5, (source) => parseYaml(source)),
  onnx('gpt2_block.onnx', { seq: 16 }),
  onnx('resnet18.onnx', { batch: 1 }),
  // What is typed is a text of one line, known by its option.
  only('--set', 'accelerator.array.rows=[16, {a: b}]', 4, ({ text }) => parseOverride(text)),
  ...Object.entries(PATHS).map(([name, path]): Reader => {
    return {
      name,
      share: 1,
      texts: { [path]: EXPERIMENT[path] },
      read(texts) {
        const files = memoryFiles({ ...EXPERIMENT, ...texts });
        return loadExperiment(files, { file: PATHS.experiment, text: files.read(PATHS.experiment)! });
      },
    };
  }),
];
