import { registry } from "@web/core/registry";

const MOST = 20;

/** What a key does is seen before the next one is pressed. */
const press = (keys, trigger) => keys.map((key) => ({ trigger, run: `press ${key}` }));

const seen = (trigger) => [{ trigger }];

const steps = () => [
    ...press(["Alt+c"], ".o_list_view"),
    ...press(["q", "u", "i"], ".o_form_view [name='partner_id'] input:focus"),
    ...seen(".o-autocomplete--dropdown-item:contains(Quitéria)"),
    ...press(["Enter"], "[name='partner_id'] input:focus"),
    ...seen("[name='partner_id'] input:value(Quitéria)"),
    // The professional, the tab, the link.
    ...press(["Tab", "Tab", "Tab"], ".o_form_view"),
    ...press(["Enter"], "[name='order_line'] :focus:contains(Add a service)"),
    ...press(["u", "n", "d"], "[name='order_line'] .o_selected_row input:focus"),
    ...seen(".o-autocomplete--dropdown-item:contains(Undercut)"),
    ...press(["Enter"], "[name='order_line'] .o_selected_row input:focus"),
    ...seen("[name='tax_totals']:contains(55.00)"),
    ...press(["Alt+f"], "button[name='action_close_order']:enabled"),
    ...press(["Alt+1"], ".o_fiado_close [name='balance']:contains(-55)"),
    ...press(["3", "0", "Tab"], ".o_fiado_close .o_data_row [name='amount'] input:focus"),
    ...press(["Space"], ".o_fiado_close [name='use_balance'] input:focus"),
    ...seen(".o_fiado_close [name='use_balance'] input:checked"),
    ...press(["Alt+q"], ".o_fiado_close [name='balance']:contains(-25)"),
    ...seen("body:not(:has(.o_dialog)) .o_fiado_closed"),
];

registry.category("web_tour.tours").add("fiado_keyboard", {
    steps: () => {
        const all = steps();
        const keystrokes = all.filter(({ run }) => run).length;
        if (keystrokes > MOST) {
            throw new Error(`${keystrokes} keystrokes are more than ${MOST}.`);
        }
        return all;
    },
});
