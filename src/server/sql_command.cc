#include "server/sql_command.h"

#include <fmt/format.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "analyzer/coercion.h"
#include "base/error.h"
#include "commands/command.h"
#include "engine/arrow_result/text_rows.h"
#include "server/table_printer.h"
#include "server/version.h"
#include "session/session.h"
#include "sql/parser.h"

namespace hanok::server {

namespace {

using types::TypeId;

// Rows of a box, whose widths are known only when all are there.
constexpr size_t kMaxTableRows = 10'000;

bool is_bare_json(const types::DataType& type) {
    return type.is_numeric() || type.is(TypeId::kBoolean);
}

// The plan with every column as the text a client would see.
resolved::PlanPtr as_text(const resolved::PlanPtr& plan, OutputFormat format) {
    auto project = std::make_shared<resolved::Project>();
    project->child = plan;
    for (const auto& a : plan->output) {
        resolved::ExprPtr value = std::make_shared<resolved::AttributeRef>(a);
        auto string = types::DataType::string();
        if (format == OutputFormat::kJson && a.type->is_nested()) {
            value = std::make_shared<resolved::Call>(
                "to_json", resolved::Exprs{value}, string, true);
        } else if (!a.type->is_string()) {
            value = std::make_shared<resolved::Cast>(
                value, string, resolved::CastMode::kLegacy, true);
        }
        resolved::Attribute out{analyzer::Analyzer::next_id(), a.name, string, true, {}, ""};
        project->output.push_back(out);
        project->columns.push_back({out, value});
    }
    return project;
}

class Shell {
public:
    Shell(session::Session& session, OutputFormat format) : session_(session), format_(format) {}

    // True when every statement ran.
    bool run(const std::string& text) {
        try {
            for (const auto& statement : sql::parse_statements(text, session_.parser_options()))
                run_one(statement);
            return true;
        } catch (const Error& error) {
            std::cerr << error.message() << std::endl;
        } catch (const std::exception& error) {
            std::cerr << error.what() << std::endl;
        }
        return false;
    }
    void set_format(OutputFormat format) { format_ = format; }

private:
    void run_one(const plan::Statement& statement) {
        auto begin = std::chrono::steady_clock::now();
        auto plan = statement.query ? session_.analyze(statement.query)
                                    : commands::run(session_, statement.command);
        size_t rows = plan ? print(plan) : 0;
        if (format_ != OutputFormat::kTable || !isatty(1)) return;
        auto ms = std::chrono::duration<double, std::milli>(
            std::chrono::steady_clock::now() - begin)
                      .count();
        std::cout << fmt::format("{} row{} in {:.0f} ms\n", rows, rows == 1 ? "" : "s", ms);
    }

    size_t print(const resolved::PlanPtr& plan) {
        TextTable table;
        for (const auto& a : plan->output) {
            table.columns.push_back(a.name);
            table.is_number.push_back(a.type->is_numeric());
            table.is_json.push_back(is_bare_json(*a.type) || a.type->is_nested());
        }
        auto stream = session_.execute(as_text(plan, format_));
        return format_ == OutputFormat::kTable ? print_box(*stream, std::move(table))
                                               : print_rows(*stream, std::move(table));
    }

    // Rows go out as they come.
    size_t print_rows(engine::ResultStream& stream, TextTable table) {
        size_t rows = 0;
        std::cout << render(table, format_);
        while (auto batch = stream.next()) {
            table.rows = engine::text_rows(*batch);
            rows += table.rows.size();
            std::cout << render(table, format_, false);
        }
        std::cout << std::flush;
        return rows;
    }

    size_t print_box(engine::ResultStream& stream, TextTable table) {
        size_t rows = 0;
        while (auto batch = stream.next()) {
            for (auto& row : engine::text_rows(*batch)) {
                if (++rows <= kMaxTableRows) table.rows.push_back(std::move(row));
            }
        }
        std::cout << render(table, format_) << std::flush;
        if (rows > kMaxTableRows)
            std::cerr << fmt::format("the first {} of {} rows\n", kMaxTableRows, rows);
        return rows;
    }

    session::Session& session_;
    OutputFormat format_;
};

// ---- line editing: names that start like the word at the cursor
session::Session* completing = nullptr;

std::vector<std::string> known_names() {
    std::set<std::string> names = {"select", "from", "where", "group by", "order by", "limit",
        "create", "table", "insert into", "update", "delete from", "merge into", "describe",
        "show tables", "use", "with", "join", "having"};
    for (const auto* def : analyzer::FunctionRegistry::builtin().all()) names.insert(def->name);
    auto here = completing->current();
    auto& catalog = completing->platform().catalog();
    for (const auto& s : catalog.schemas(here.catalog)) names.insert(s.name);
    for (const auto& t : catalog.tables(here.catalog, here.schema)) {
        names.insert(t.name);
        try {
            if (t.provider == "delta") {
                auto source = completing->scan_of(t, std::nullopt, std::nullopt);
                for (const auto& f : source->schema->fields()) names.insert(f.name);
            }
        } catch (const Error&) {
            // A table that cannot be opened has no columns to complete.
        }
    }
    for (const auto& [name, view] : completing->temp_views()) names.insert(name);
    return {names.begin(), names.end()};
}

char* next_completion(const char* prefix, int state) {
    static std::vector<std::string> found;
    static size_t at = 0;
    if (state == 0) {
        found.clear();
        at = 0;
        std::string lower = types::to_lower(prefix);
        for (const auto& name : known_names()) {
            if (name.starts_with(lower)) found.push_back(name);
        }
    }
    return at < found.size() ? strdup(found[at++].c_str()) : nullptr;
}

char** complete(const char* prefix, int, int) {
    rl_attempted_completion_over = 1;
    return rl_completion_matches(prefix, next_completion);
}

bool ends_statement(const std::string& text) {
    size_t last = text.find_last_not_of(" \t\n\r");
    return last != std::string::npos && text[last] == ';';
}

// Commands of the shell itself start with a dot. Returns false to leave.
bool shell_command(const std::string& line, Shell& shell) {
    std::istringstream words(line);
    std::string command;
    std::string argument;
    words >> command >> argument;
    if (command == ".exit" || command == ".quit") return false;
    try {
        if (command == ".format")
            shell.set_format(parse_format(argument));
        else
            std::cout << ".format table|csv|json|markdown   how rows are shown\n.exit              "
                         "                leave\n"
                         "Statements end with a semicolon.\n";
    } catch (const Error& error) {
        std::cerr << error.message() << std::endl;
    }
    return true;
}

int interactive(session::Session& session, Shell& shell) {
    completing = &session;
    rl_attempted_completion_function = complete;
    rl_readline_name = "hanok";
    std::string history = std::string(getenv("HOME") ? getenv("HOME") : ".") + "/.hanok_history";
    read_history(history.c_str());
    std::cout << "Hanok " << kVersion << ". Statements end with a semicolon; .help for help.\n";
    std::string text;
    while (char* line = readline(text.empty() ? "hanok> " : "   ... ")) {
        std::string given = line;
        free(line);
        if (given.empty()) continue;
        if (text.empty() && given[0] == '.') {
            add_history(given.c_str());
            if (!shell_command(given, shell)) break;
            continue;
        }
        text += (text.empty() ? "" : "\n") + given;
        if (!ends_statement(text)) continue;
        add_history(text.c_str());
        shell.run(text);
        text.clear();
    }
    write_history(history.c_str());
    return 0;
}

std::string read_all(std::istream& in) { return {std::istreambuf_iterator<char>(in), {}}; }

}  // namespace

int run_sql(const SqlOptions& options) {
    commands::install();
    auto platform = open_platform(options.server);
    const char* user = getenv("USER");
    session::Session session(*platform, user ? user : "", "shell");
    Shell shell(session, parse_format(options.format));
    if (options.statements) return shell.run(*options.statements) ? 0 : 1;
    if (!options.file.empty()) {
        std::ifstream file(options.file);
        if (!file) {
            std::cerr << "cannot read " << options.file << std::endl;
            return 2;
        }
        return shell.run(read_all(file)) ? 0 : 1;
    }
    if (!isatty(0)) return shell.run(read_all(std::cin)) ? 0 : 1;
    return interactive(session, shell);
}

}  // namespace hanok::server
