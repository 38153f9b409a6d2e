# Makes each test case of a built Catch2 executable a test of ctest. Catch2's own script splits a name at a semicolon and
# passes one that begins with a dash as an option; this one quotes. Run after the build of EXECUTABLE:
#   cmake -D EXECUTABLE=… -D CATCH_MAJOR=2|3 -D SPEC=[tag] -D PREFIX=… -D LABEL=… -D TIMEOUT=… -D OUTPUT=… -P this
if(CATCH_MAJOR VERSION_LESS 3)
  set(list_names --list-test-names-only) # exits with the number of names
  set(arguments "-w NoTests") # where nothing matches, fail
else()
  set(list_names --list-tests --verbosity quiet)
  set(arguments "")
endif()

execute_process(
  COMMAND "${EXECUTABLE}" ${SPEC} ${list_names}
  OUTPUT_VARIABLE names
  ERROR_VARIABLE errors
  RESULT_VARIABLE result)
if(NOT result MATCHES "^[0-9]+$" OR NOT names MATCHES "\n")
  message(FATAL_ERROR "${EXECUTABLE} lists no test: ${result}\n${names}${errors}")
endif()

set(script "")
while(names MATCHES "\n")
  string(FIND "${names}" "\n" end)
  string(SUBSTRING "${names}" 0 ${end} name)
  math(EXPR end "${end} + 1")
  string(SUBSTRING "${names}" ${end} -1 names)
  if(NOT name STREQUAL "")
    string(REPLACE "\\" "\\\\" quoted "${name}")
    foreach(character IN ITEMS "\"" "," "[" "]")
      string(REPLACE "${character}" "\\${character}" quoted "${quoted}")
    endforeach()
    string(APPEND script "add_test([==[${PREFIX}${name}]==] [==[${EXECUTABLE}]==] [==[\"${quoted}\"]==] ${arguments})\n")
    # Catch2 2 takes a filter that it can't read for success.
    string(APPEND script "set_tests_properties([==[${PREFIX}${name}]==] PROPERTIES LABELS ${LABEL} TIMEOUT ${TIMEOUT} "
                         "FAIL_REGULAR_EXPRESSION \"No tests ran|Invalid Filter\")\n")
  endif()
endwhile()
file(WRITE "${OUTPUT}" "${script}")
