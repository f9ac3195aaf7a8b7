/** Bytes that are not what they claim to be. The message names the part, never its content. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** An identity that a membership service provider refuses; the message follows Fabric's wording. @see fabric msp/ */
export class MspError extends Error {
  override readonly name = 'MspError';
}

/** Runs a decoder and turns whatever it throws into a `ProtocolError` naming the part. */
export function decoding<T>(part: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError(`malformed ${part}`);
  }
}
