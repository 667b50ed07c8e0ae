#include "sql/parser_impl.h"
namespace hanok::sql {
plan::CommandPtr Parser::command() { c_.fail_syntax(); }
plan::CommandPtr Parser::data_change(std::vector<plan::Cte>, bool) { c_.fail_syntax(); }
plan::ColumnDef Parser::column_definition(std::vector<plan::TableConstraint>*) { c_.fail_syntax(); }
}
