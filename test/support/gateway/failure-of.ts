/** The error a promise ends in; fails when it ends well. */
export async function failureOf<E extends Error>(work: Promise<unknown>): Promise<E> {
  try {
    await work;
  } catch (error) {
    return error as E;
  }
  throw new Error('nothing was thrown');
}
