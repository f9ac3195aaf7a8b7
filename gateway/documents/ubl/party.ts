import type { JsonObject } from '../../../chaincode/domain/json';
import type { Values } from '../values';
import { all, first, textOf, type XmlNode } from '../xml/xml-node';

const ADDRESS = ['StreetName', 'BuildingNumber', 'CityName', 'PostalZone', 'CountrySubentity'];

/** A party of a UBL document: name, country, address lines. @see UBL 2.4 cac:Party */
export function readParty(values: Values, root: XmlNode, path: string): JsonObject {
  const node = first(root, path);
  if (node === undefined) {
    values.problems.at(root, 'ELEMENT_MISSING', path);
    return { name: '', country: '', addressLines: [] };
  }
  const name =
    values.optionalText(node, 'PartyName/Name') ?? values.optionalText(node, 'PartyLegalEntity/RegistrationName');
  if (name === null) values.problems.at(node, 'ELEMENT_MISSING', 'PartyName/Name');
  return { name: name ?? '', country: readCountry(values, node), addressLines: addressLines(node) };
}

function readCountry(values: Values, party: XmlNode): string {
  const node = first(party, 'PostalAddress/Country/IdentificationCode');
  if (node === undefined) values.problems.at(party, 'ELEMENT_MISSING', 'PostalAddress/Country/IdentificationCode');
  else if (!/^[A-Z]{2}$/.test(node.text)) values.problems.at(node, 'COUNTRY_INVALID');
  return node?.text ?? '';
}

function addressLines(party: XmlNode): string[] {
  const address = first(party, 'PostalAddress');
  if (address === undefined) return [];
  const named = ADDRESS.flatMap((name) => textOf(address, name) ?? []);
  return [...named, ...all(address, 'AddressLine/Line').map(({ text }) => text)].slice(0, 10);
}
