#include "plan/python_table.h"

namespace hanok::plan {

std::shared_ptr<PythonTable> python_table(const PythonUdf& function, Exprs args) {
    auto out = std::make_shared<PythonTable>();
    out->name = function.name;
    out->eval_type = function.eval_type;
    out->return_type = function.output_type;
    out->command = function.command;
    out->python_version = function.python_version;
    out->deterministic = function.deterministic;
    out->args = std::move(args);
    return out;
}

}  // namespace hanok::plan
