/** The files of a run (docs/formats/outputs.md). */
export const RUN_FILES = [
  ...['summary.json', 'layers.csv', 'trace.csv', 'activity.csv', 'events.csv', 'inferences.csv', 'ert.csv'],
  ...['action_counts.yaml', 'architecture.yaml', 'ERT.yaml', 'report.json', 'report.html'],
];

/** Those of a run with a die besides, for HotSpot. */
export const DIE_FILES = ['chip.flp', 'hotspot.config', 'power.ptrace', 'start.init', 'temperature.ttrace'];
