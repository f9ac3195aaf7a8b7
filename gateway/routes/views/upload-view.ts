import { UPLOAD_LIMITS, UPLOAD_STATES, type StoredUpload, type UploadProblem } from '../../entries/uploads/upload';
import type { Language } from '../../http/language';
import { withWords } from '../../http/problem';
import {
  Digest,
  Flag,
  FreeObject,
  Moment,
  Nested,
  NestedList,
  OneOf,
  Pattern,
  RecordId,
  Text,
  WholeNumber,
} from '../../http/validation/fields';
import { BulkAnswer } from './answers';

/** One wrong line of a refused file. */
class UploadLineProblem {
  @WholeNumber(1, Number.MAX_SAFE_INTEGER) line!: number;
  @Pattern(/^[^]{0,300}$/) pointer!: string;
  @Text(64) code!: string;
  @Text(300) title!: string;
  @Pattern(/^[^]{0,500}$/) remedy!: string;
}

/** Why a file was refused; nothing of it was posted then, unless its code says that the gateway failed. */
class UploadProblemView {
  @Text(64) code!: string;
  @Text(300) title!: string;
  @Pattern(/^[^]{0,500}$/) remedy!: string;
  @FreeObject() details!: object;
  @NestedList(() => UploadLineProblem, { max: 1_000 }) errors!: readonly UploadLineProblem[];
}

/** An upload, and how far it is. */
export class UploadView {
  @RecordId() id!: string;
  @RecordId() lane!: string;
  @OneOf(UPLOAD_STATES) state!: string;
  @WholeNumber(1, UPLOAD_LIMITS.fileBytes) size!: number;
  @WholeNumber(0, UPLOAD_LIMITS.fileBytes) offset!: number;
  @Digest() sha256!: string;
  @Text(64) mediaType!: string;
  @Flag() partial!: boolean;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER, { nullable: true }) lines!: number | null;
  @WholeNumber(0, Number.MAX_SAFE_INTEGER) settled!: number;
  @Text(64, { nullable: true }) waitingFor!: string | null;
  @Nested(() => BulkAnswer, { nullable: true }) answer!: BulkAnswer | null;
  @Nested(() => UploadProblemView, { nullable: true }) problem!: UploadProblemView | null;
  @Moment() createdAt!: string;
  @Moment() changedAt!: string;
}

export class UploadList {
  @NestedList(() => UploadView, { max: 100 }) items!: readonly UploadView[];
}

export function toUploadView(upload: StoredUpload, language: Language): UploadView {
  const { id, lane, state, size, offset, sha256, mediaType, partial, lines, settled, result } = upload;
  return {
    id,
    lane,
    state,
    size,
    offset,
    sha256,
    mediaType,
    partial,
    lines,
    settled,
    waitingFor: result?.kind === 'waiting' ? result.code : null,
    answer: result?.kind === 'answer' ? (result.answer as BulkAnswer) : null,
    problem: result?.kind === 'problem' ? toProblemView(result.problem, language) : null,
    createdAt: upload.createdAt,
    changedAt: upload.changedAt,
  };
}

function toProblemView({ code, details, errors }: UploadProblem, language: Language): UploadProblemView {
  const lines = errors.map(({ line = 1, ...error }) => withWords({ line, ...error }, language));
  return { ...withWords({ code }, language), details, errors: lines };
}
