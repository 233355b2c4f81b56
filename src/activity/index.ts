export {
  ACTIVITY_COLUMNS,
  addCounts,
  COUNTER_INDEX,
  COUNTERS,
  type Counter,
  type Counts,
  zeroCounts,
} from './counters.ts';
