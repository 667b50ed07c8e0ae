# Every library from outside as an imported target. Debian's packages, except DuckDB and Arrow (scripts/setup.sh).
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(roaring REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
find_package(LibXml2 REQUIRED)
# Few sources need its headers (CMakeLists.txt names them); the others keep a short search path.
add_library(xml2 INTERFACE IMPORTED)
target_link_libraries(xml2 INTERFACE ${LIBXML2_LIBRARIES})
find_package(Boost 1.74 REQUIRED)
find_package(date REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(GTest REQUIRED)

# SOCI's own CMake package names absolute paths of all its backends; two libraries are all we need.
add_library(soci INTERFACE IMPORTED)
target_link_libraries(soci INTERFACE soci_core soci_sqlite3)

# Header-only packages.
add_library(nlohmann_json INTERFACE)
find_path(NLOHMANN_JSON_INCLUDE nlohmann/json.hpp REQUIRED)
if(NOT TARGET CLI11::CLI11)
    find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
    add_library(CLI11::CLI11 INTERFACE IMPORTED)
endif()

# What the blocks of Avro files are compressed with.
find_package(ZLIB REQUIRED)
find_package(BZip2 REQUIRED)
find_package(LibLZMA REQUIRED)
find_library(SNAPPY_LIBRARY snappy REQUIRED)

# hanok_pkg(NAME MODULE): a pkg-config module as an interface target that hides its absolute header paths.
function(hanok_pkg name module)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
    add_library(${name} INTERFACE IMPORTED)
    target_link_libraries(${name} INTERFACE PkgConfig::${name})
endfunction()
hanok_pkg(pcre2 libpcre2-8)
hanok_pkg(zstd libzstd)
hanok_pkg(readline readline)

# Clients of databases. CMakeLists.txt names the few sources that need their headers.
foreach(client libpq libmariadb)
    pkg_check_modules(${client} REQUIRED ${client})
    add_library(${client} INTERFACE IMPORTED)
    target_link_libraries(${client} INTERFACE ${${client}_LINK_LIBRARIES})
endforeach()
add_library(avro_codecs INTERFACE IMPORTED)
target_link_libraries(avro_codecs INTERFACE ${SNAPPY_LIBRARY} zstd ${ZLIB_LIBRARIES} ${BZIP2_LIBRARIES}
    ${LIBLZMA_LIBRARIES})

find_package(Protobuf REQUIRED)

if(HANOK_WITH_ENGINE)
    find_package(gRPC CONFIG REQUIRED)

    set(duckdb_root ${CMAKE_SOURCE_DIR}/build/deps/duckdb)
    if(NOT EXISTS ${duckdb_root}/lib/libduckdb.so)
        message(FATAL_ERROR "DuckDB is not there: run 'make setup' first.")
    endif()
    add_library(duckdb SHARED IMPORTED)
    set_target_properties(duckdb PROPERTIES
        IMPORTED_LOCATION ${duckdb_root}/lib/libduckdb.so
        IMPORTED_NO_SONAME FALSE
        IMPORTED_SONAME libduckdb.so
        INTERFACE_INCLUDE_DIRECTORIES ${duckdb_root}/include)
    target_link_libraries(duckdb INTERFACE Threads::Threads)
    set(duckdb_parquet_INCLUDES -isystem${CMAKE_SOURCE_DIR}/cmake/duckdb/include
        -isystem${duckdb_root}/extension/parquet/include)
    foreach(part parquet thrift fastpforlib mbedtls/include zstd/include brotli/include)
        list(APPEND duckdb_parquet_INCLUDES -isystem${duckdb_root}/third_party/${part})
    endforeach()

    file(GLOB pyarrow_root ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/pyarrow)
    set(arrow_library ${pyarrow_root}/libarrow.so.2600)
    if(NOT EXISTS ${arrow_library})
        message(FATAL_ERROR "libarrow is not in .venv: run 'make setup' first.")
    endif()
    add_library(arrow SHARED IMPORTED)
    set_target_properties(arrow PROPERTIES
        IMPORTED_LOCATION ${arrow_library}
        IMPORTED_SONAME libarrow.so.2600
        INTERFACE_INCLUDE_DIRECTORIES ${pyarrow_root}/include)

    # Where the Spark Connect and Delta Connect messages come from.
    file(GLOB HANOK_SITE_PACKAGES ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages)
    set(HANOK_PYTHON ${CMAKE_SOURCE_DIR}/.venv/bin/python)
endif()
