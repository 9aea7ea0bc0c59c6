import { _t } from "@web/core/l10n/translation";

/**
 * What Odoo says on our screens and its Brazilian translation lacks. Named here, it is
 * among our terms, and the web client takes it from them where Odoo's have none.
 */
export const UNTRANSLATED = [_t("Missing required fields")];
