import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { CASES } from '../../support/chaincode/acts';
import { wholeStory } from '../../support/chaincode/story';

/** Names whose value differs between peers, moments or places. */
const FORBIDDEN = new Set([
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'fetch',
  'Intl',
  'randomBytes',
  'randomUUID',
  'toLocaleString',
  'toLocaleUpperCase',
  'toLocaleLowerCase',
  'localeCompare',
  'hrtime',
  'WeakRef',
]);

describe('determinism of the contracts', () => {
  it('every act of the whole story writes the same bytes in two worlds', async () => {
    const [one, other] = [await wholeStory(), await wholeStory()];
    expect(one.ids).to.deep.equal(other.ids);
    for (const [at, chapter] of one.chapters.entries()) {
      for (const [operation, { needs, creators, make }] of Object.entries(CASES)) {
        if (needs.some((name) => chapter.ids[name] === undefined)) continue;
        const as = creators[0]!;
        const judge = async (from: typeof chapter): Promise<unknown> =>
          from.world.judge({ ...make(from), as }).then(
            ({ writes, response }) => ({ writes, response }),
            (error: { code?: string }) => error.code,
          );
        expect(await judge(chapter), `${operation} at ${chapter.title}`).to.deep.equal(
          await judge(other.chapters[at]!),
        );
      }
    }
  });

  for (const file of readdirSync('chaincode', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )) {
    it(`${file} asks for no time, chance, place or environment`, () => {
      const source = ts.createSourceFile(
        file,
        readFileSync(join('chaincode', file), 'utf8'),
        ts.ScriptTarget.Latest,
        true,
      );
      const found: string[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isIdentifier(node) && FORBIDDEN.has(node.text)) found.push(node.text);
        if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') found.push('Math.random');
        ts.forEachChild(node, visit);
      };
      visit(source);
      expect(found).to.deep.equal([]);
    });
  }
});
