#include "engine/functions/decimal_lowering.h"
#include "engine/functions/groups.h"

namespace hanok::engine {

void lower_number_formats(FunctionLowerings& l) {
    for (const std::string name : {"to_number", "try_to_number"}) {
        l.scalar(name, [name](const LowerContext&, const resolved::Call& call, DuckExprs args) {
            return as_decimal(duck_call("spark_" + name, std::move(args)), call.type->precision(),
                call.type->scale());
        });
    }
    l.scalar("to_char", [](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        auto scale = int_argument(call.args[0]->type->scale());
        return duck_call("spark_to_char",
            duck_list(unscaled(std::move(args[0])), std::move(scale), std::move(args[1])));
    });
}

}  // namespace hanok::engine
