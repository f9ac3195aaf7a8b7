/**
 * Silences the library's own logger before the library is loaded: it writes to the console, and its errors quote what
 * contracts answered.
 *
 * @see fabric-common lib/Utils.js getLogger
 */
process.env['HFC_LOGGING'] ??= '{}';
