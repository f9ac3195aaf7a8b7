import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, ResponseShape>> }>>>
  >;
}
interface ResponseShape {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

/** Holds answers against the description the gateway gives of itself. */
export class OpenApiCheck {
  readonly #document: Document;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });
  readonly #compiled = new Map<object, ValidateFunction>();
  /** Operations that were answered so far, `get /v1/…`. */
  readonly seen = new Set<string>();

  constructor(document: object) {
    this.#document = document as Document;
    this.#ajv.addSchema({ $id: 'api', ...document });
  }

  get operations(): string[] {
    return Object.entries(this.#document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
  }

  /** What is wrong with an answer; undefined when it is as described. */
  async problem(method: string, path: string, response: Response): Promise<string | undefined> {
    const template = Object.keys(this.#document.paths).find((one) =>
      new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?')[0] ?? ''),
    );
    if (template === undefined) return undefined;
    const operation = this.#document.paths[template]?.[method.toLowerCase()];
    if (operation === undefined) return response.status === 405 ? undefined : `${method} ${template} is not described`;
    this.seen.add(`${method.toLowerCase()} ${template}`);
    const described = operation.responses[String(response.status)];
    if (described === undefined) return `${method} ${template} answers ${response.status}, which is not described`;
    const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const content = described.content?.[mediaType];
    if (content === undefined) return `${method} ${template} answers ${mediaType}, which is not described`;
    if (!mediaType.endsWith('json') || mediaType === 'application/x-ndjson') return undefined;
    const validate = this.#validator(content.schema);
    return validate(await response.clone().json())
      ? undefined
      : `${method} ${template} ${response.status}: ${this.#ajv.errorsText(validate.errors)}`;
  }

  #validator(schema: object): ValidateFunction {
    let validate = this.#compiled.get(schema);
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object;
    if (validate === undefined) this.#compiled.set(schema, (validate = this.#ajv.compile(absolute)));
    return validate;
  }
}
