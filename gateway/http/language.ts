export type Language = 'en' | 'zh';

/**
 * The language an Accept-Language header prefers among English and Chinese.
 *
 * Anything unreadable means English; a quality of 0 means "not this one".
 * @see RFC 9110 section 12.5.4
 */
export function chooseLanguage(header: string | undefined): Language {
  if (header === undefined || header.length > 1_000) return 'en';
  let best: { language: Language; quality: number } | undefined;
  for (const part of header.split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const language = languageOf(tag.trim());
    const quality = qualityOf(parameters);
    if (language !== undefined && quality > (best?.quality ?? 0)) best = { language, quality };
  }
  return best?.language ?? 'en';
}

function languageOf(tag: string): Language | undefined {
  if (tag === 'zh' || tag.startsWith('zh-')) return 'zh';
  if (tag === 'en' || tag.startsWith('en-') || tag === '*') return 'en';
  return undefined;
}

function qualityOf(parameters: readonly string[]): number {
  const found = parameters
    .map((text) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(text)?.[1])
    .find((text) => text !== undefined);
  return found === undefined ? 1 : Number(found);
}
