import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The ways a text may lie in a file: as it is, in two bytes a character, in hexadecimal, in base64 at each offset. */
function spellings(token: string): Buffer[] {
  const plain = Buffer.from(token, 'utf8');
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), plain]).toString('base64');
    // The characters at either end depend on the neighbours: only the middle is the token's own.
    return Buffer.from(text.slice(offset === 0 ? 0 : 4, text.length - 4));
  });
  return [plain, Buffer.from(token, 'utf16le'), Buffer.from(plain.toString('hex')), ...base64];
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

/** Files below a folder that hold a token in any spelling, as paths relative to it. */
export function filesWith(folder: string, token: string): string[] {
  const needles = spellings(token);
  return files(folder)
    .filter((file) => {
      const bytes = readFileSync(file);
      return needles.some((needle) => bytes.includes(needle));
    })
    .map((file) => relative(folder, file))
    .sort();
}
