#pragma once
// A session over a fresh folder, and what its statements answer as text.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "commands/command.h"
#include "sql/parser.h"

namespace hanok::commands {

class CommandsTest : public ::testing::Test {
protected:
    CommandsTest()
        : folder_(::testing::TempDir() + "hanok_commands_test_" +
                  ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
        std::filesystem::remove_all(folder_);
        install();
        session::PlatformOptions options;
        options.data_dir = folder_;
        options.engine.threads = 1;
        platform_ = session::Platform::open(options);
        session_ = std::make_unique<Session>(*platform_, "user", "s");
    }
    ~CommandsTest() override {
        session_.reset();
        platform_.reset();
        std::filesystem::remove_all(folder_);
    }

    // The rows of a statement, columns by commas, rows by semicolons; or its error's condition.
    std::string run(const std::string& sql) {
        try {
            std::string last;
            for (const auto& s : sql::parse_statements(sql, session_->parser_options())) {
                auto plan = s.query ? session_->analyze(s.query)
                                    : commands::run(*session_, s.command);
                last = plan ? text(plan) : "";
            }
            return last;
        } catch (const Error& error) {
            return error.condition();
        }
    }

    std::string text(const resolved::PlanPtr& plan) {
        std::string out;
        auto rows = platform_->engine().collect(
            session_->use_cache(plan), session_->query_context(), 100);
        for (const auto& row : rows) {
            if (!out.empty()) out += ";";
            for (size_t i = 0; i < row.size(); ++i) {
                if (i > 0) out += ",";
                const auto& type = *plan->output[i].type;
                if (row[i].is_null())
                    out += "NULL";
                else if (type.is_string())
                    out += row[i].as_string();
                else if (type.is_integral())
                    out += std::to_string(row[i].as_int());
                else
                    out += "?";
            }
        }
        return out;
    }

    // Of the table's versions, the newest first.
    std::string operations(const std::string& table) {
        auto statement =
            sql::parse_statements("DESCRIBE HISTORY " + table, session_->parser_options()).at(0);
        auto plan = commands::run(*session_, statement.command);
        size_t column = 0;
        while (plan->output.at(column).name != "operation") ++column;
        std::string out;
        for (const auto& row : platform_->engine().collect(plan, session_->query_context(), 100))
            out += row[column].as_string() + " ";
        return out;
    }

    const std::string folder_;
    std::unique_ptr<session::Platform> platform_;
    std::unique_ptr<Session> session_;
};

}  // namespace hanok::commands
