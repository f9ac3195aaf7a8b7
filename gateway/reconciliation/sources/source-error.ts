/** A file that as a whole is none: what is wrong, and where (a line, a part, a column; empty for all of it). */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  constructor(
    readonly code: string,
    readonly place: string,
    options?: ErrorOptions,
  ) {
    super(place === '' ? code : `${code} at ${place}`, options);
  }
}
