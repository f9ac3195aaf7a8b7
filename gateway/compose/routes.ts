import type { Route } from '../http/route';
import { caseRoutes } from '../routes/cases';
import type { RouteDeps } from '../routes/dependencies';
import { documentRoutes } from '../routes/documents';
import { dueRoutes } from '../routes/dues';
import { financeRoutes } from '../routes/finance';
import { paymentMessageRoutes } from '../routes/payment-messages';
import { memberRoutes } from '../routes/members';
import { purchaseOrderRoutes } from '../routes/purchase-orders';
import { closingRoutes } from '../routes/closing';
import { breakRoutes } from '../routes/breaks';
import { breakSheetRoutes } from '../routes/break-sheet';
import { reconcileRoutes } from '../routes/reconcile';
import { clearingRoutes } from '../routes/clearing';
import { reconciliationRoutes } from '../routes/reconciliation';
import { recordRoutes } from '../routes/records';
import { signingRoutes } from '../routes/signing';
import { uploadRoutes } from '../routes/uploads';
import { transactionRoutes } from '../routes/transactions';

/** The whole API of one member's gateway. */
export function allRoutes(deps: RouteDeps): readonly Route[] {
  return [
    ...documentRoutes(deps),
    ...purchaseOrderRoutes(deps),
    ...signingRoutes(deps),
    ...memberRoutes(deps),
    ...financeRoutes(deps),
    ...paymentMessageRoutes(deps),
    ...dueRoutes(deps),
    ...reconciliationRoutes(deps),
    ...uploadRoutes(deps),
    ...clearingRoutes(deps),
    ...breakRoutes(deps),
    ...breakSheetRoutes(deps),
    ...reconcileRoutes(deps),
    ...closingRoutes(deps),
    ...caseRoutes(deps),
    ...recordRoutes(deps),
    ...transactionRoutes(deps),
  ];
}
