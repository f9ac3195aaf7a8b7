import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { DIGEST, RECORD_ID, requiredThoughNullable } from '../validation/fields';

type Schema = Readonly<Record<string, unknown>>;
const text = (pattern: string, example: string, description: string): Schema => ({
  type: 'string',
  pattern,
  example,
  description,
});

/** Schemas of the constraints the generator knows nothing of, by constraint name. */
const CONVERTERS: Readonly<Record<string, Schema>> = {
  isDefined: {},
  whitelistValidation: {},
  conditionalValidation: {},
  plainText: { type: 'string' },
  freeObject: { type: 'object', additionalProperties: true },
  amount: text('^[1-9]\\d{0,17}$', '12500', 'Positive amount in minor units of its currency.'),
  amountOrZero: text('^(0|[1-9]\\d{0,17})$', '0', 'Amount in minor units of its currency.'),
  quantity: text('^(0|[1-9]\\d{0,14})(\\.\\d{1,9})?$', '90', 'Positive decimal.'),
  quantityOrZero: text('^(0|[1-9]\\d{0,14})(\\.\\d{1,9})?$', '0', 'Decimal, not negative.'),
  calendarDate: { type: 'string', format: 'date', example: '2026-03-02' },
  timeZone: text('^[A-Za-z][A-Za-z0-9_+\\-/]{0,63}$', 'Asia/Shanghai', 'Time zone of the IANA database.'),
  moment: { type: 'string', format: 'date-time', example: '2026-03-02T08:30:00Z' },
  recordId: text(RECORD_ID.source, '0f3b2c4d5e6f708192a3b4c5d6e7f809', 'Record id.'),
  mspId: text('^[A-Za-z][A-Za-z0-9.-]{0,63}$', 'SellerBankMSP', 'MSP id of a member.'),
  keyAddress: text(
    '^0x[0-9a-fA-F]{40}$',
    '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf',
    "Address of a party's signing key.",
  ),
  keySignature: text('^0x[0-9a-fA-F]{130}$', `0x${'1b'.repeat(65)}`, '65 bytes r, s (low), v.'),
  digest: text(DIGEST.source, '9f'.repeat(32), 'SHA-256.'),
  isISO4217CurrencyCode: text('^[A-Z]{3}$', 'EUR', 'ISO 4217.'),
  isISO31661Alpha2: text('^[A-Z]{2}$', 'DE', 'ISO 3166-1.'),
  isBIC: text('^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$', 'DEUTDEFF', 'ISO 9362.'),
};

// The package does not export the storage its own companion asks for; this is the path the companion's manual gives.
const { defaultMetadataStorage } = require('class-transformer/cjs/storage') as { defaultMetadataStorage: never };

/** JSON schemas of every DTO class, by class name; nothing but what a class declares is allowed in an object. */
export function dtoSchemas(): Readonly<Record<string, Schema>> {
  const schemas = validationMetadatasToSchemas({
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix: '#/components/schemas/',
    additionalConverters: CONVERTERS,
  }) as unknown as Record<string, Schema>;
  const more = new Map([...requiredThoughNullable].map(([type, names]) => [(type as { name: string }).name, names]));
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const required = [...((schema['required'] as readonly string[] | undefined) ?? []), ...(more.get(name) ?? [])];
      return [name, { ...schema, ...(required.length === 0 ? {} : { required }), additionalProperties: false }];
    }),
  );
}

/** Names of the schemas a value refers to, directly or through others. */
export function referred(
  value: unknown,
  schemas: Readonly<Record<string, Schema>>,
  found = new Set<string>(),
): ReadonlySet<string> {
  for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([A-Za-z0-9]+)"/g)) {
    if (name === undefined || found.has(name)) continue;
    found.add(name);
    if (schemas[name] !== undefined) referred(schemas[name], schemas, found);
  }
  return found;
}
