import { Refused } from '../../../scripts/demo/member-client';

/**
 * Repeats a write under its own key until it is answered: "unknown", conflicts and busy peers only mean later.
 *
 * @throws Refused when the write is rejected.
 */
export async function untilAnswered<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof Refused) || error.problem['outcome'] === 'rejected') throw error;
    }
  }
  throw new Error('the write was never answered');
}
