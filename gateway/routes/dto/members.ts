import { OneOf, Text } from '../../http/validation/fields';

/** A vote that a member comes or goes. */
export class MembershipVoteDto {
  @OneOf(['admit', 'retire']) action!: 'admit' | 'retire';
  @OneOf(['platform', 'bank', 'logistics', 'arbitration']) kind!: 'platform' | 'bank' | 'logistics' | 'arbitration';
  @Text(256) name!: string;
  @Text(256) nameZh!: string;
}
