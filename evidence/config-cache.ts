import { createHash } from 'node:crypto';
import { ChannelConfig } from '../network/protocol/channel-config';

const LIMIT = 32;

/** Configurations by their bytes, so that many packages of one network parse its certificates once. */
export class ConfigCache {
  readonly #known = new Map<string, ChannelConfig>();

  /** @throws ProtocolError for bytes that are no configuration. */
  read(envelope: Uint8Array): ChannelConfig {
    const key = createHash('sha256').update(envelope).digest('hex');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const config = ChannelConfig.fromEnvelope(envelope);
    if (this.#known.size >= LIMIT) this.#known.clear();
    this.#known.set(key, config);
    return config;
  }
}
