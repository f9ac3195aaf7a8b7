import type { Context } from 'mocha';
import { findReleaseOrNone, type FabricRelease } from '../../../network/fabric/release';

/** Fabric's release, where there is one; otherwise says plainly that the suite is skipped, and skips it. */
export function releaseOrSkip(context: Context): FabricRelease {
  const release = findReleaseOrNone();
  if (release !== undefined) return release;
  console.log('    real network: skipped, no Fabric release found (name its bin folder with FABRIC_BIN)');
  return context.skip();
}
