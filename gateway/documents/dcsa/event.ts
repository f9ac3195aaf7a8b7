import { isDate } from '../../../chaincode/domain/business-date';
import { isJsonObject, type Json, type JsonObject } from '../../../chaincode/domain/json';
import type { DocumentCode } from '../document-codes';
import type { Problems } from '../problems';

const CLASSIFIERS = ['PLN', 'EST', 'ACT'];
/** Event type → the field that holds its code. */
const CODE_FIELDS: Readonly<Record<string, string>> = {
  TRANSPORT: 'transportEventTypeCode',
  EQUIPMENT: 'equipmentEventTypeCode',
  SHIPMENT: 'shipmentEventTypeCode',
};
const CODES: Readonly<Record<string, readonly string[]>> = {
  TRANSPORT: ['ARRI', 'DEPA'],
  EQUIPMENT: ['LOAD', 'DISC', 'GTIN', 'GTOT', 'STUF', 'STRP', 'PICK', 'DROP', 'INSP', 'RSEA', 'RMVD'],
  SHIPMENT: [
    'RECE',
    'DRFT',
    'PENA',
    'PENU',
    'REJE',
    'APPR',
    'ISSU',
    'SURR',
    'SUBM',
    'VOID',
    'CONF',
    'REQS',
    'CMPL',
    'HOLD',
    'RELS',
  ],
};

/** Whether parsed JSON looks like a DCSA event. */
export function isEvent(value: Json): value is JsonObject {
  return isJsonObject(value) && ('eventID' in value || 'eventClassifierCode' in value);
}

/** Reads a DCSA event in the form `recordEvent` takes, times in UTC. @see DCSA Track and Trace 2.2 */
export function readEvent(event: JsonObject, problems: Problems): JsonObject {
  const report = (pointer: string, code: DocumentCode): void => problems.add({ pointer: `/${pointer}`, code });
  const type = oneOf(event, 'eventType', Object.keys(CODE_FIELDS), report);
  const codeField = CODE_FIELDS[type] ?? 'equipmentEventTypeCode';
  return {
    eventId: pattern(event, 'eventID', /^[A-Za-z0-9._:-]{1,100}$/, report),
    classifier: oneOf(event, 'eventClassifierCode', CLASSIFIERS, report),
    type,
    code: oneOf(event, codeField, CODES[type] ?? [], report),
    occurredAt: instant(event, report),
    location: location(event, report),
    retracts:
      event['retractedEventID'] === undefined
        ? null
        : pattern(event, 'retractedEventID', /^[A-Za-z0-9._:-]{1,100}$/, report),
  };
}

type Report = (pointer: string, code: DocumentCode) => void;

function text(event: JsonObject, name: string, report: Report): string {
  const value = event[name];
  if (value === undefined) report(name, 'FIELD_MISSING');
  else if (typeof value !== 'string') report(name, 'VALUE_INVALID');
  return typeof value === 'string' ? value : '';
}

function oneOf(event: JsonObject, name: string, allowed: readonly string[], report: Report): string {
  const value = text(event, name, report);
  if (value !== '' && !allowed.includes(value)) report(name, 'CODE_UNKNOWN');
  return value;
}

function pattern(event: JsonObject, name: string, form: RegExp, report: Report): string {
  const value = text(event, name, report);
  if (value !== '' && !form.test(value)) report(name, 'VALUE_INVALID');
  return value;
}

/** RFC 3339 with a zone, as UTC to the second: the ledger compares texts. */
function instant(event: JsonObject, report: Report): string {
  const value = text(event, 'eventDateTime', report);
  const match = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/.exec(
    value,
  );
  if (match !== null && isDate(match[1] as string)) return `${new Date(value).toISOString().slice(0, 19)}Z`;
  if (value !== '') report('eventDateTime', 'TIME_INVALID');
  return '1900-01-01T00:00:00Z';
}

function location(event: JsonObject, report: Report): string | null {
  for (const name of ['eventLocation', 'transportCall']) {
    const place = event[name];
    const code = place !== undefined && isJsonObject(place) ? place['UNLocationCode'] : undefined;
    if (code === undefined) continue;
    if (typeof code === 'string' && /^[A-Z]{2}[A-Z2-9]{3}$/.test(code)) return code;
    report(`${name}/UNLocationCode`, 'VALUE_INVALID');
  }
  return null;
}
