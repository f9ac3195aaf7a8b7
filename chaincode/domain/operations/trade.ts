import type { Operation } from '../operation';
import {
  cancelPurchaseOrder,
  confirmPurchaseOrder,
  proposePurchaseOrder,
  qualifyBuyer,
} from './trade/agree-purchase-order';
import { acceptCase, closeCase, disclose, fileCase } from './trade/arbitration-case';
import { createShipment } from './trade/create-shipment';
import { despatchGoods } from './trade/despatch-goods';
import { completeTerms, draftPurchaseOrder } from './trade/draft-purchase-order';
import { giveNotice } from './trade/give-notice';
import { completePurchaseOrder, noteDelivery } from './trade/note-delivery';
import { recordEvent } from './trade/record-event';

/** Orders, shipments, notices, cases. */
export const TRADE_OPERATIONS = [
  draftPurchaseOrder,
  completeTerms,
  proposePurchaseOrder,
  qualifyBuyer,
  confirmPurchaseOrder,
  cancelPurchaseOrder,
  despatchGoods,
  createShipment,
  recordEvent,
  noteDelivery,
  completePurchaseOrder,
  giveNotice,
  fileCase,
  acceptCase,
  closeCase,
  disclose,
] as unknown as readonly Operation<unknown>[];
