#include <CLI/CLI.hpp>
#include <iostream>

#include "base/error.h"
#include "server/server_command.h"
#include "server/sql_command.h"
#include "server/version.h"

namespace {

using hanok::server::ServerOptions;

void add_common(CLI::App& app, ServerOptions& options) {
    app.add_option("--data-dir", options.data_dir, "Folder of catalog and managed tables")
        ->capture_default_str();
    app.add_option("--threads", options.threads, "Threads of the engine (0: every core)")
        ->capture_default_str();
    app.add_option("--memory-limit", options.memory_limit,
        "Memory of the engine, e.g. 8GB (default: 70 % of the machine)");
    app.add_option("--cache-size", options.cache_size,
           "Disk for a cache of remote objects, e.g. 10GB (0: none)")
        ->capture_default_str();
    app.add_flag("--python-sandbox,!--no-python-sandbox", options.python_sandbox,
        "Shut users' Python functions off from the server's files (the default)");
    app.add_option("--python-path", options.python_paths,
        "A file or folder that users' Python functions may use all the same; may be repeated");
    app.add_option_function<std::vector<std::string>>(
        "--conf",
        [&options](const std::vector<std::string>& entries) {
            for (const auto& entry : entries) hanok::server::add_conf(entry, &options);
        },
        "Spark's KEY=VALUE for every session, or for object stores (spark.hadoop.fs.s3a.…)");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Hanok: an open lakehouse platform in one server");
    app.require_subcommand(1);

    ServerOptions server_options;
    std::string config_file;
    auto* server = app.add_subcommand("server", "Serve Spark Connect and HTTP");
    server->add_option("--config", config_file, "YAML file of these options; flags win over it");
    add_common(*server, server_options);
    server->add_option("--host", server_options.host, "Address to listen on")
        ->capture_default_str();
    server
        ->add_option(
            "--connect-port", server_options.connect_port, "Spark Connect (0: a free port)")
        ->capture_default_str();
    server
        ->add_option("--http-port", server_options.http_port, "Health and metrics (0: a free port)")
        ->capture_default_str();
    server
        ->add_option(
            "--log-level", server_options.log_level, "trace, debug, info, warning, error or off")
        ->capture_default_str();

    hanok::server::SqlOptions sql_options;
    std::string statements;
    auto* sql = app.add_subcommand("sql", "Run SQL in this process");
    add_common(*sql, sql_options.server);
    auto* execute = sql->add_option("-e,--execute", statements, "Statements to run");
    sql->add_option("-f,--file", sql_options.file, "File of statements to run");
    sql->add_option("--format", sql_options.format, "table, csv, json or markdown")
        ->capture_default_str();

    auto* version = app.add_subcommand("version", "Print the version");

    // A first pass finds --config; its values are defaults for the second.
    try {
        for (int i = 1; i + 1 < argc; ++i) {
            if (std::string(argv[i]) == "--config")
                hanok::server::read_config_file(argv[i + 1], &server_options);
        }
        app.parse(argc, argv);
        if (*version) {
            std::cout << "hanok " << hanok::server::kVersion << " (Spark "
                      << hanok::server::kSparkVersion << ")" << std::endl;
            return 0;
        }
        if (*sql) {
            if (*execute) sql_options.statements = statements;
            return hanok::server::run_sql(sql_options);
        }
        return hanok::server::run_server(server_options);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const hanok::Error& error) {
        std::cerr << error.message() << std::endl;
        return 1;
    }
}
