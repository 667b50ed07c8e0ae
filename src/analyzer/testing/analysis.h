#pragma once
// Analyses SQL text over a few tables.

#include <gtest/gtest.h>

#include "analyzer/coercion.h"
#include "analyzer/testing/memory_resolver.h"
#include "resolved/printer.h"

namespace hanok::analyzer {

class Analysis : public testing::Test {
protected:
    Analysis() {
        resolver_.table("t", "a INT, b STRING, c DOUBLE NOT NULL");
        resolver_.table("u", "a BIGINT, d DATE");
        resolver_.table(
            "n", "s STRUCT<x: INT, y: ARRAY<STRUCT<z: INT>>>, m MAP<STRING, INT>, l ARRAY<INT>");
    }

    resolved::PlanPtr analyze(const std::string& query) {
        Analyzer analyzer(resolver_, options_);
        return analyzer.analyze(sql::parse_query(query));
    }
    // "name TYPE [NOT NULL],…"
    std::string schema(const std::string& query) {
        std::string out;
        auto plan = analyze(query);
        for (const auto& a : plan->output) {
            out += (out.empty() ? "" : ",") + a.name + " " + a.type->sql() +
                   (a.nullable ? "" : " NOT NULL");
        }
        return out;
    }
    std::string tree(const std::string& query) {
        return resolved::plan_tree(
            *analyze(query), [](const resolved::Expression& e) { return expression_sql(e); });
    }
    Error error(const std::string& query) {
        try {
            analyze(query);
        } catch (const Error& e) {
            return e;
        }
        return internal_error("no error: " + query);
    }
    int count(const std::string& text, const std::string& what) {
        int n = 0;
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
        return n;
    }

    MemoryResolver resolver_;
    AnalyzerOptions options_;
};

}  // namespace hanok::analyzer
