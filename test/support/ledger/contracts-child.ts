import '../quiet';
import type { ChaincodeDeployment } from '../../../network/material/network-definition';
import { hostDeployment } from '../../../scripts/start/chaincode-host';
import { ProbeContract } from './probe-contract';

/** The probe's contract services as a process of their own, for tests that kill it. */
void hostDeployment(JSON.parse(process.argv[2] ?? '') as ChaincodeDeployment, [ProbeContract]).then(() =>
  process.send?.('ready'),
);
