#include "commands/explain.h"

#include <sstream>

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/command.h"
#include "commands/plan_statistics.h"
#include "resolved/printer.h"
#include "sql/plan_text.h"

namespace hanok::commands {

namespace {

std::string tree(const resolved::Plan& plan) {
    return resolved::plan_tree(plan, analyzer::expression_sql);
}

std::string columns_line(const resolved::Plan& plan) {
    std::string out;
    for (const auto& a : plan.output)
        out += (out.empty() ? "" : ", ") + a.name + ": " + a.type->simple_string();
    return out + "\n";
}

struct Operator {
    std::string prefix;  // of the tree
    std::string name;
    std::string arguments;
    int number = 0;
};

Operator parse_line(const std::string& line) {
    Operator out;
    auto start = line.find_first_not_of(" :+-");
    if (start == std::string::npos) start = 0;
    auto end = std::min(line.find(" [", start), line.find(", ", start));
    out.prefix = line.substr(0, start);
    out.name = line.substr(start, end == std::string::npos ? end : end - start);
    if (end != std::string::npos) {
        auto rest = line.find_first_not_of(" ,", end);
        if (rest != std::string::npos) out.arguments = line.substr(rest);
    }
    return out;
}

// Children have smaller numbers than their parents.
void number_from(std::vector<Operator>& all, size_t at, int* next) {
    auto depth = all[at].prefix.size();
    for (size_t i = at + 1; i < all.size() && all[i].prefix.size() > depth; ++i) {
        if (all[i].prefix.size() == depth + 3) number_from(all, i, next);
    }
    all[at].number = (*next)++;
}

}  // namespace

std::string formatted_plan(const std::string& text) {
    std::vector<Operator> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (!line.empty()) all.push_back(parse_line(line));
    int next = 1;
    for (size_t i = 0; i < all.size(); ++i)
        if (all[i].prefix.empty()) number_from(all, i, &next);
    std::string out;
    for (const auto& op : all)
        out += op.prefix + op.name + " (" + std::to_string(op.number) + ")\n";
    out += "\n";
    for (int number = 1; number < next; ++number) {
        for (const auto& op : all) {
            if (op.number != number) continue;
            out += "\n(" + std::to_string(number) + ") " + op.name + "\n";
            if (!op.arguments.empty()) out += "Arguments: " + op.arguments + "\n";
        }
    }
    return out;
}

std::string logical_plans(
    Session& session, const plan::RelationPtr& query, const resolved::PlanPtr& plan) {
    return "== Parsed Logical Plan ==\n" + sql::relation_text(query) +
           "\n\n== Analyzed Logical Plan ==\n" + columns_line(*plan) + tree(*plan) +
           "\n== Optimized Logical Plan ==\n" + tree(*session.use_cache(plan)) + "\n";
}

std::string explain_query(
    Session& session, const plan::RelationPtr& query, const std::string& mode) {
    if (mode == "CODEGEN")
        throw unsupported_feature("EXPLAIN CODEGEN (plans are not compiled to Java)");
    auto plan = session.analyze(query);
    auto used = session.use_cache(plan);
    std::string out;
    if (mode == "EXTENDED") out = logical_plans(session, query, plan);
    if (mode == "COST")
        out = "== Optimized Logical Plan ==\n" +
              resolved::plan_tree(*used, analyzer::expression_sql, statistics_text) + "\n";
    auto physical = session.platform().engine().explain(used, session.query_context(), false);
    return out + "== Physical Plan ==\n" +
           (mode == "FORMATTED" ? formatted_plan(physical) : physical) + "\n";
}

}  // namespace hanok::commands
