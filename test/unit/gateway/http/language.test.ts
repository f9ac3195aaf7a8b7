import { expect } from 'chai';
import { chooseLanguage } from '../../../../gateway/http/language';

describe('chooseLanguage', () => {
  const rows: readonly [string | undefined, 'en' | 'zh'][] = [
    [undefined, 'en'],
    ['', 'en'],
    ['zh', 'zh'],
    ['zh-CN,en;q=0.8', 'zh'],
    ['en;q=0.5, zh-Hans;q=0.9', 'zh'],
    ['en, zh', 'en'],
    ['zh;q=0, en;q=0.1', 'en'],
    ['de, fr', 'en'],
    ['de, zh;q=0.1', 'zh'],
    ['zh;q=2', 'zh'],
    ['*', 'en'],
    ['zh'.repeat(600), 'en'],
  ];
  for (const [header, language] of rows) {
    it(`answers ${language} to ${header?.slice(0, 30) ?? 'no header'}`, () =>
      expect(chooseLanguage(header)).to.equal(language));
  }
});
