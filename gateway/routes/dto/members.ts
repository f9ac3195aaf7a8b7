import { MspId, OneOf, Text, TextList } from '../../http/validation/fields';

/** A vote that a member comes or goes. */
export class MembershipVoteDto {
  @OneOf(['admit', 'retire']) action!: 'admit' | 'retire';
  @OneOf(['platform', 'bank', 'logistics', 'arbitration']) kind!: 'platform' | 'bank' | 'logistics' | 'arbitration';
  @Text(256) name!: string;
  @Text(256) nameZh!: string;
}

/** A vote that a member's open records pass on to another of its kind. */
export class SuccessionVoteDto {
  @MspId() successor!: string;
}

/** The members whose peers witness; every other member when absent. */
export class PassOnDto {
  @TextList(64, { max: 100 }, { optional: true }) witnesses?: readonly string[];
}
