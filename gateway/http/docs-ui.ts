import express, { Router } from 'express';
import { dirname } from 'node:path';

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Concordat API</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/viewer.js"></script></body></html>
`;
const SCRIPT = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, docExpansion: 'none' });
`;
/** Swagger UI writes style attributes and embeds its icons; nothing comes from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js'];

/** The offline viewer of `/openapi.json`: its assets come from the installed package, its validator call is off. */
export function docsUi(): Router {
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
  const router = Router();
  router.get('/docs', (_request, response) => {
    response.set('content-security-policy', POLICY).type('html').send(PAGE);
  });
  router.get('/docs/viewer.js', (_request, response) => {
    response.type('text/javascript').send(SCRIPT);
  });
  for (const asset of ASSETS)
    router.use(`/docs/assets/${asset}`, express.static(`${folder}/${asset}`, { index: false, maxAge: '1d' }));
  return router;
}
