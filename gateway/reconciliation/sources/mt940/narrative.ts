/** What a bank's free text (field 86) says, as far as its dialect is known. */
export interface Narrative {
  readonly endToEndId: string | null;
  readonly references: readonly string[];
  readonly party: string | null;
  readonly isReturn: boolean;
  readonly text: string;
}

/** A bank's dialect of field 86: recognised by its form, or named by the caller. */
export interface BankProfile {
  readonly name: string;
  readonly fits: (lines: readonly string[]) => boolean;
  readonly read: (lines: readonly string[]) => Narrative;
}

const NOTHING: Narrative = { endToEndId: null, references: [], party: null, isReturn: false, text: '' };
/** Texts that say that there is no reference. */
const NONE = /^(NOTPROVIDED|NONREF|NONE|EREF|N\/A)?$/i;
const SEPA_TAG = /(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PURP|IBAN|BIC)[+:]/g;

/** A reference, or null where the text only says that there is none. */
export function referenceOf(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return NONE.test(trimmed) ? null : trimmed;
}

function present(...texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.flatMap((text) => referenceOf(text) ?? []))];
}

/** `166?00GUTSCHRIFT?20EREF+…?32NAME`: German banks, DFÜ agreement annex 3. */
const german: BankProfile = {
  name: 'structured-86',
  fits: ([first = '']) => /^\d{3}[?<>\u0040^~]\d{2}/.test(first),
  read(lines) {
    const joined = lines.join('');
    const fields = new Map<string, string>();
    for (const part of joined.slice(4).split(joined[3] as string)) {
      const code = part.slice(0, 2);
      fields.set(code, (fields.get(code) ?? '') + part.slice(2));
    }
    const field = (from: number, to: number): string =>
      Array.from({ length: to - from + 1 }, (_, at) => fields.get(String(from + at)) ?? '').join('');
    const usage = field(20, 29) + field(60, 63);
    const tags = sepaTags(usage);
    const name = referenceOf(field(32, 33));
    return {
      endToEndId: referenceOf(tags.get('EREF')),
      references: present(tags.get('KREF'), tags.get('MREF')),
      party: referenceOf(fields.get('31')) ?? name,
      isReturn: /^(108|109|159|181|182|183|184)/.test(joined),
      text: [name, tags.get('SVWZ') ?? usage].filter((part) => part !== null && part !== '').join(' '),
    };
  },
};

function sepaTags(usage: string): Map<string, string> {
  const tags = new Map<string, string>();
  const found = [...usage.matchAll(SEPA_TAG)];
  found.forEach((match, at) => {
    const end = found[at + 1]?.index ?? usage.length;
    tags.set(match[1] as string, usage.slice(match.index + match[0].length, end).trim());
  });
  return tags;
}

/** `/EREF/…/BENM//NAME/…/REMI/…`: Dutch and Belgian banks. */
const slashed: BankProfile = {
  name: 'slash-codes',
  fits: (lines) => /^\/(EREF|BENM|ORDP|REMI|TRTP|IBAN|MARF|CSID|PREF|RTRN|NAME)\//.test(lines.join('').trimStart()),
  read(lines) {
    const joined = lines.join('').trim();
    const codes = [
      ...joined.matchAll(/\/(EREF|BENM|ORDP|REMI|TRTP|IBAN|BIC|MARF|CSID|PREF|RTRN|NAME|ISDT|CSID|SVCL|PURP)\//g),
    ];
    const fields = new Map<string, string>();
    codes.forEach((match, at) => {
      const end = codes[at + 1]?.index ?? joined.length;
      fields.set(
        match[1] as string,
        joined
          .slice(match.index + match[0].length, end)
          .replace(/^\/|\/$/g, '')
          .trim(),
      );
    });
    return {
      endToEndId: referenceOf(fields.get('EREF')),
      references: present(fields.get('PREF'), fields.get('MARF')),
      party: referenceOf(fields.get('IBAN')) ?? referenceOf(fields.get('NAME')),
      isReturn: fields.has('RTRN'),
      text: [fields.get('NAME'), fields.get('REMI')].filter((part) => part !== undefined && part !== '').join(' '),
    };
  },
};

/** `…; Z RACH.: …; OD: …; TYT.: …; TNR: …`: Polish banks. */
const polish: BankProfile = {
  name: 'semicolon-labels',
  fits: (lines) => /(Z RACH\.|TYT\.|TNR): /.test(lines.join(' ')),
  read(lines) {
    const joined = lines.map((line) => line.trim()).join(' ');
    const part = (label: string): string | undefined =>
      new RegExp(`(?:^|; ?)${label}: ([^;]*)`).exec(joined)?.[1]?.trim();
    const account = part('Z RACH\\.') ?? part('NA RACH\\.');
    const name = part('OD') ?? part('DLA');
    return {
      ...NOTHING,
      references: present(part('TNR'), part('ID IPH')),
      party: referenceOf(account) ?? referenceOf(name),
      text: [name, part('TYT\\.')].filter((one) => one !== undefined && one !== '').join(' '),
    };
  },
};

/** Anything else: shown to people as it came. */
const plain: BankProfile = {
  name: 'plain',
  fits: () => true,
  read: (lines) => ({
    ...NOTHING,
    text: lines
      .map((line) => line.trim())
      .join(' ')
      .trim(),
  }),
};

/** Dialects in the order in which they are tried. */
export const BANK_PROFILES: readonly BankProfile[] = [german, slashed, polish, plain];

/** Reads a field 86; `profile` names the dialect where the form alone does not tell. */
export function narrativeOf(lines: readonly string[], profile?: string): Narrative {
  const named = BANK_PROFILES.find(({ name }) => name === profile);
  return (named ?? (BANK_PROFILES.find(({ fits }) => fits(lines)) as BankProfile)).read(lines);
}
