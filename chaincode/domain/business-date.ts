import { Rejection } from './errors';
import type { Json } from './json';

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0);
}

/** Whether a text is a day of the Gregorian calendar, yyyy-mm-dd, from 1900 on. */
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return year >= 1900 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/** @throws Rejection DATE_INVALID. */
export function parseDate(value: Json, field: string): string {
  if (typeof value !== 'string' || !isDate(value)) throw new Rejection('DATE_INVALID', { field });
  return value;
}

/** An instant in UTC, seconds or milliseconds: `2026-11-24T08:30:00Z`. @throws Rejection DATE_INVALID. */
export function parseInstant(value: Json, field: string): string {
  const match =
    typeof value === 'string' ? /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?Z$/.exec(value) : null;
  if (match === null || !isDate(match[1] as string)) throw new Rejection('DATE_INVALID', { field });
  return value as string;
}

/** The date a number of days later. Pure calendar arithmetic: no clock, no zone. */
export function addDays(date: string, days: number): string {
  let [year, month, day] = date.split('-').map(Number) as [number, number, number];
  day += days;
  while (day > daysIn(year, month)) {
    day -= daysIn(year, month);
    month = month === 12 ? 1 : month + 1;
    if (month === 1) year++;
  }
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
}

/** Calendar days from one date to another; below zero when it comes first. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** Days since 0000-03-01: years begin in March, so that a leap day is a year's last one. */
function dayNumber(date: string): number {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const y = month > 2 ? year : year - 1;
  const sinceMarch = (month + 9) % 12;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leapDays + Math.floor((153 * sinceMarch + 2) / 5) + day - 1;
}

/** 0 Sunday to 6 Saturday. @see Sakamoto's method */
export function weekday(date: string): number {
  const [y, m, d] = date.split('-').map(Number) as [number, number, number];
  const year = m < 3 ? y - 1 : y;
  const shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][m - 1] as number;
  return (year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + shift + d) % 7;
}
