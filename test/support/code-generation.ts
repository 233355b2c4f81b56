/** Whether texts may become code here: not under `--disallow-code-generation-from-strings`, which `npm run coverage` sets. */
export function canGenerateCode(): boolean {
  try {
    return new Function('return true')();
  } catch {
    return false;
  }
}
