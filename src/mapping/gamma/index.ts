export { searchGammaExactly, searchGammaExactlyInSteps } from './exact.ts';
export { directivesOf, genomeSpace, genomeText } from './genome.ts';
export {
  type GammaCost,
  type GammaLimits,
  type GammaObjective,
  type GammaProof,
  type GammaResult,
  gammaValue,
} from './judge.ts';
export { searchGamma, searchGammaAtRandom, searchGammaAtRandomInSteps, searchGammaInSteps } from './search.ts';
