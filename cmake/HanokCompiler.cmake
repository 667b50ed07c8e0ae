# Language, warnings, linker, compiler cache: what holds for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

set(HANOK_WARNINGS
    -Wall -Wextra -Werror
    # Designated initialisers leave the other fields to their defaults on purpose.
    -Wno-missing-field-initializers
    # g++ 12 reports these in its own std::string and std::vector at -O2.
    -Wno-restrict -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread
    -Wno-error=maybe-uninitialized -Wno-error=free-nonheap-object)

add_compile_options(-fdiagnostics-color=auto "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

find_program(HANOK_MOLD mold)
if(HANOK_MOLD)
    add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,--gc-sections)

if(HANOK_SANITIZE)
    add_compile_options(-fsanitize=${HANOK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    # vptr checks need the type information of classes inside libduckdb, which does not export all of it.
    if(HANOK_SANITIZE MATCHES undefined)
        add_compile_options(-fno-sanitize=vptr)
    endif()
    # GCC warns of every fence in a library's header; fences are only seen as what they order.
    if(HANOK_SANITIZE MATCHES thread)
        add_compile_options(-Wno-tsan)
    endif()
    add_link_options(-fsanitize=${HANOK_SANITIZE})
endif()

# Paths in the cache are relative to the checkout, so that worktrees and clean clones share their results.
find_program(HANOK_CCACHE ccache)
if(HANOK_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_COMPILERCHECK=content ${HANOK_CCACHE})
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
endif()
